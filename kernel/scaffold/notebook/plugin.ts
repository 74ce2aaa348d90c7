import { definePlugin } from '@cambium/kernel'
import { addNote, listNotes, removeNote, reviewNotes } from './routes/notes.ts'

/** The table of contents: what the platform shows, checks and enforces is read from here without running anything. */
export const plugin = definePlugin({
  id: 'notebook',
  version: '0.1.0',
  kernel: '^0.1.0',
  name: 'Notebook',
  summary: 'Users keep short notes, which go away by themselves.',
  description:
    'Every user has a list of own notes, on a page and on the dashboard.\n\n' +
    'Operators say how long a note is kept and see how much the notebook is used.',
  publisher: 'You',
  category: 'content',
  icon: 'i-lucide-notebook-pen',
  permissions: [
    { id: 'notebook.notes.write', title: 'Keep own notes', roles: ['user', 'admin'] },
    { id: 'notebook.notes.review', title: 'See how many notes there are', roles: ['admin'] },
  ],
  settings: {
    type: 'object',
    properties: {
      keepDays: {
        type: 'integer',
        title: 'Days a note is kept',
        description: 'Older notes are removed once a day.',
        minimum: 1,
        maximum: 3650,
        default: 90,
      },
    },
  },
  routes: [listNotes, addNote, removeNote, reviewNotes],
  jobs: [{ name: 'notebook.expiry', title: 'Remove notes that are too old', everyMs: 86_400_000 }],
  ui: {
    portal: {
      pages: [
        {
          id: 'notes',
          path: '/notebook',
          title: 'pages.notes.title',
          component: 'NotebookPage',
          permission: 'notebook.notes.write',
        },
      ],
      navigation: [
        {
          page: 'notes',
          title: 'navigation.notes',
          icon: 'i-lucide-notebook-pen',
          section: 'more',
          order: 510,
        },
      ],
      slots: [
        {
          slot: 'portal.dashboard@1',
          id: 'notes',
          component: 'NotebookCard',
          order: 900,
          permission: 'notebook.notes.write',
        },
      ],
    },
    admin: {
      pages: [
        {
          id: 'overview',
          path: '/notebook',
          title: 'pages.overview.title',
          component: 'NotebookAdminPage',
          permission: 'notebook.notes.review',
        },
      ],
      navigation: [
        {
          page: 'overview',
          title: 'navigation.overview',
          icon: 'i-lucide-notebook-pen',
          section: 'products',
          order: 510,
        },
      ],
    },
  },
})

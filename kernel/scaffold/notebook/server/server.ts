import type { StartPlugin } from '@cambium/kernel'
import { deleteNotesBefore } from './notes.model.ts'
import { keepDays, noteImplementations } from './notes.service.ts'

const DAY_MS = 86_400_000

/** Runs once for every generation; what it acquires from the kernel, the kernel gives back. */
export const start: StartPlugin = async (kernel) => ({
  implementations: noteImplementations(kernel),
  jobs: {
    'notebook.expiry': async ({ log }) => {
      const before = new Date(kernel.clock.now().getTime() - keepDays(kernel) * DAY_MS)
      const removed = await deleteNotesBefore(kernel.database, before)
      log(`${removed} notes from before ${before.toISOString()} removed`)
    },
  },
})

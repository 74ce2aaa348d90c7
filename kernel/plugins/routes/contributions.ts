import { Array, Boolean, Enum, Integer, Null, Object, Union } from 'typebox'
import { app, text, textOrNull } from './words.ts'

export const PermissionEntry = Object({ id: text, title: text, roles: Array(text) })

export const RouteEntry = Object({
  action: text,
  rest: text,
  summary: text,
  permission: text,
  isIdempotent: Boolean(),
})

export const PageEntry = Object({
  app,
  id: text,
  path: text,
  component: text,
  permission: textOrNull,
})

export const NavigationEntry = Object({ app, page: text, section: text, icon: text, order: Integer() })

export const SlotEntry = Object({ app, slot: text, id: text, component: text, order: Integer() })

export const ChannelEntry = Object({ name: text, title: text, access: text })

export const JobEntry = Object({
  name: text,
  title: text,
  /** Null when it has no such schedule; null like `cron` when it runs only when it is started. */
  everyMs: Union([Integer(), Null()]),
  cron: textOrNull,
})

/** A filter or a strategy. */
export const AnswerEntry = Object({ point: text, id: text })

export const PointEntry = Object({ name: text, title: text, kind: Enum(['filter', 'strategy']) })

export const EventsEntry = Object({ emits: Array(Object({ name: text, title: text })), listens: Array(text) })

export const SocketEntry = Object({ name: text, title: text, path: text, permission: text })

export const FirstStepEntry = Object({ id: text, link: text, order: Integer() })

export const GrantsEntry = Object({
  ledgerAccounts: Array(text),
  engineMarkets: Boolean(),
  houseAccounts: Boolean(),
  outboundHosts: Array(text),
  tables: Array(text),
  events: Array(text),
  filters: Array(text),
  strategies: Array(text),
  sockets: Boolean(),
})

export const DependencyEntry = Object({
  id: text,
  range: text,
  /** Of the plugin found; null when there is none. */
  version: textOrNull,
  state: Enum(['satisfied', 'disabled', 'missing', 'incompatible']),
})

/** What a plugin brings, read from its manifest without running it. */
export const contributions = {
  permissions: Array(PermissionEntry),
  grants: GrantsEntry,
  accounts: Array(Object({ id: text, title: text })),
  routes: Array(RouteEntry),
  pages: Array(PageEntry),
  navigation: Array(NavigationEntry),
  slots: Array(SlotEntry),
  channels: Array(ChannelEntry),
  jobs: Array(JobEntry),
  points: Array(PointEntry),
  filters: Array(AnswerEntry),
  strategies: Array(AnswerEntry),
  events: EventsEntry,
  sockets: Array(SocketEntry),
  onboarding: Array(FirstStepEntry),
  wallets: Array(Object({ id: text, account: text, link: textOrNull })),
  metrics: Array(Object({ name: text, title: text, kind: text })),
  alerts: Array(Object({ id: text, title: text, severity: text })),
  toggles: Array(Object({ id: text, title: text, isOnByDefault: Boolean() })),
  tasks: Array(Object({ id: text, permission: text })),
  dependencies: Array(DependencyEntry),
}

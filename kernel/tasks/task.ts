import type { Severity } from '../contract/index.ts'

/** Where tasks of operators come from: one kind of thing that waits for somebody. The code is in `PluginServer.tasks`. */
export interface TaskSource {
  /** `staking.runway` */
  readonly id: string
  /** Keys in `locales`, filled with `data` and `count`: what waits, and what comes of waiting. */
  readonly title: string
  readonly text: string
  /** A lucide icon. */
  readonly icon: string
  /** Who does such work: nobody else is shown it, and it is not asked for others. */
  readonly permission: string
}

/** Something that waits for an operator. */
export interface Task {
  /** Unique in its source. */
  readonly key: string
  readonly severity: Severity
  /** Where it is done: a path of the admin. */
  readonly link: string
  /** How many things wait; 1 unless said. */
  readonly count?: number
  readonly data?: Readonly<Record<string, string | number>>
}

/** Asked while an operator looks at the home page: one that takes long is left out. */
export type FindTasks = () => Promise<readonly Task[]>

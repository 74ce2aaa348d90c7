/** Where a generation's code runs: in the kernel's process, in a thread, or in a process of its own. */
export type Tier = 'inline' | 'worker' | 'process'

/** What the operator said, or else: the platform's own plugins run in its process, strangers' in one of their own. */
export function tierOf(chosen: Tier | null, source: 'bundled' | 'package'): Tier {
  return chosen ?? (source === 'bundled' ? 'inline' : 'process')
}

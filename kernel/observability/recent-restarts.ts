/** How often each plugin's process was started again in the last ten minutes, out of counts that only grow. */
export class RecentRestarts {
  readonly #looks: { readonly atMs: number; readonly counts: ReadonlyMap<string, number> }[] = []

  note(counts: ReadonlyMap<string, number>, atMs: number): Readonly<Record<string, number>> {
    this.#looks.push({ atMs, counts })
    while (this.#looks.length > 1 && atMs - (this.#looks[0]?.atMs ?? atMs) > WINDOW_MS) this.#looks.shift()
    const oldest = this.#looks[0]?.counts
    const entries = [...counts].map(([plugin, count]) => {
      const before = oldest?.get(plugin) ?? 0
      return [plugin, count < before ? count : count - before] as const
    })
    return Object.fromEntries(entries)
  }
}

const WINDOW_MS = 10 * 60_000

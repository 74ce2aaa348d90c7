interface Waiting<Item, Answer> {
  readonly item: Item
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/**
 * Gathers what is asked for while the flush before is on its way, so that many callers share one round trip to the
 * database and a single caller waits for nobody. `flush` answers in the order of its items.
 */
export function createBatch<Item, Answer>(
  flush: (items: readonly Item[]) => Promise<readonly Answer[]>,
  itemsMax: number,
): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = []
  let isFlushing = false

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, itemsMax)
      waiting = waiting.slice(itemsMax)
      try {
        const answers = await flush(batch.map(({ item }) => item))
        batch.forEach((entry, index) => entry.resolve(answers[index] as Answer))
      } catch (error) {
        for (const entry of batch) entry.reject(error)
      }
    }
    isFlushing = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (isFlushing) return
      isFlushing = true
      // Everybody who asks in this turn of the event loop goes along.
      setImmediate(() => void drain())
    })
}

import { gzipSync } from 'node:zlib'

/** A small made-up stream in the recording's format, deterministic from `seed`. */
export function recordedStream(seed: number, diffs: number): string[] {
  const random = generator(seed)
  const book = { b: new Map<number, number>(), a: new Map<number, number>() }
  let mid = 50_000
  for (let offset = 1; offset <= 8; offset += 1) {
    book.b.set(mid - offset, 1 + random(9))
    book.a.set(mid + offset, 1 + random(9))
  }
  let updateId = 100
  let tradeId = 1
  let time = 1_700_000_000_000
  const lines: string[] = []
  const write = (message: object) => lines.push(`${time}000000 ${JSON.stringify(message)}`)
  write({ lastUpdateId: updateId, bids: levels([...book.b]), asks: levels([...book.a]) })
  for (let index = 0; index < diffs; index += 1) {
    time += 100
    for (let count = random(4); count > 0; count -= 1) {
      const isSale = random(2) === 0
      const price = isSale ? mid - random(3) : mid + random(3)
      const trade = {
        e: 'trade',
        E: time,
        s: 'BTCUSDT',
        t: tradeId++,
        p: decimal(price),
        q: decimal(1 + random(5)),
      }
      write({ stream: 'btcusdt@trade', data: { ...trade, T: time - random(50), m: isSale, M: true } })
    }
    mid += random(5) - 2
    const changed = { b: new Map<number, number>(), a: new Map<number, number>() }
    for (const price of [...book.b.keys()]) if (price >= mid) changed.b.set(price, 0)
    for (const price of [...book.a.keys()]) if (price <= mid) changed.a.set(price, 0)
    for (let count = 4; count > 0; count -= 1) {
      changed.b.set(mid - 1 - random(8), random(10))
      changed.a.set(mid + 1 + random(8), random(10))
    }
    for (const side of ['b', 'a'] as const) {
      for (const [price, quantity] of changed[side]) {
        if (quantity === 0) book[side].delete(price)
        else book[side].set(price, quantity)
      }
    }
    const first = updateId + 1
    updateId += 1 + random(5)
    const data = { e: 'depthUpdate', E: time, s: 'BTCUSDT', U: first, u: updateId }
    write({
      stream: 'btcusdt@depth@100ms',
      data: { ...data, b: levels([...changed.b]), a: levels([...changed.a]) },
    })
  }
  return lines
}

export function gzipLines(lines: readonly string[]): Uint8Array {
  return gzipSync(`${lines.join('\n')}\n`)
}

function levels(entries: [number, number][]): [string, string][] {
  return entries.map(([price, quantity]) => [decimal(price), decimal(quantity)])
}

/** Hundredths, so that the decimals of prices and quantities are exercised. */
function decimal(hundredths: number): string {
  return (hundredths / 100).toFixed(8)
}

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % below
  }
}

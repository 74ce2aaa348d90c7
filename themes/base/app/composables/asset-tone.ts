const TONES = 5
/** Well-known assets keep the colour people know them by, as far as the palette has it. */
const known: Readonly<Record<string, number>> = { BTC: 4, ETH: 1, USDT: 3, USDC: 2, USD: 3, EUR: 2, GBP: 5 }

/** Which colour of the chart palette an asset has, from 1; the same on every page. */
export function assetTone(assetId: string): number {
  const found = known[assetId]
  if (found !== undefined) return found
  const sum = [...assetId].reduce((hash, letter) => (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521, 7)
  return 1 + (sum % TONES)
}

/** Colours of assets that stand side by side: their own, and another of the palette where that one is taken. */
export function assetTones(assetIds: readonly string[]): number[] {
  const taken = new Set<number>()
  return assetIds.map((assetId) => {
    const own = assetTone(assetId)
    const free = Array.from({ length: TONES }, (_, index) => 1 + ((own - 1 + index) % TONES))
    const tone = free.find((one) => !taken.has(one)) ?? own
    taken.add(tone)
    return tone
  })
}

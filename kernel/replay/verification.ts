import type { Api, ResultOf } from '../contract/index.ts'
import { listCandles, listTrades, showBook, type Trade } from '../exchange/routes.ts'
import { runLedgerCheck } from '../ledger/routes.ts'
import { parseAmount } from '../money/index.ts'
import { recordedCandles, type MinuteCandle } from './candles.ts'
import type { LevelBook, LevelSide } from './level-book.ts'
import { RECORDING_SCALE, type RecordedLevel, type RecordedStep } from './recording.ts'

/** The public book shows at most this many levels a side. */
const BOOK_LEVELS_MAX = 5000
const MINUTE_MS = 60_000

type RecordedTrade = RecordedStep & { readonly kind: 'trade' }

export interface Verification {
  /** Recorded trades, and how many the market printed at their price, quantity, side and time, in their order. */
  readonly trades: { readonly recorded: number; readonly printed: number; readonly firstMissingLine?: number }
  /**
   * 1-minute candles computed from the file alone, and how many the platform has equal. `source` is `served` where the
   * window held no other trades, otherwise `run`: recomputed from this run's printed trades.
   */
  readonly candles: { readonly recorded: number; readonly equal: number; readonly source: 'served' | 'run' }
  readonly book: { readonly levels: number; readonly equal: boolean }
  readonly ledger: Pick<ResultOf<typeof runLedgerCheck>, 'balanced' | 'breaks'>
  readonly ok: boolean
}

export interface VerificationRequest {
  readonly api: Api
  readonly marketId: string
  readonly steps: readonly RecordedStep[]
  /** The engine's sequence before the first command of the run. */
  readonly startSeq: number
  /** No trade lay in the recorded minutes before the run. */
  readonly isClean: boolean
  readonly recorded: LevelBook
}

/** Compares what the platform shows after a replay with what the file says. */
export async function verify(request: VerificationRequest): Promise<Verification> {
  const { api, marketId, steps, isClean } = request
  const printed = await tradesSince(api, marketId, request.startSeq)
  const trades = compareTrades(steps.filter(isTrade), printed)
  const expected = recordedCandles(steps.filter(isTrade))
  const shown = isClean ? await servedCandles(request) : recordedCandles(printed.map(fromPublic))
  const equal = expected.filter((candle) => shown.some((other) => isSameCandle(candle, other))).length
  const candles = { recorded: expected.length, equal, source: isClean ? 'served' : 'run' } as const
  const book = await compareBook(api, marketId, request.recorded)
  const { balanced, breaks } = await api(runLedgerCheck, {})
  const isWhole = trades.printed === trades.recorded && equal === expected.length
  return { trades, candles, book, ledger: { balanced, breaks }, ok: isWhole && book.equal && balanced }
}

/** True when the platform has no candle in the recorded minutes yet. */
export async function isWindowEmpty(
  api: Api,
  marketId: string,
  steps: readonly RecordedStep[],
): Promise<boolean> {
  const window = windowOf(steps)
  const { items } = await api(listCandles, { marketId, interval: '1m', ...window, limit: 1 })
  return items.length === 0
}

function isTrade(step: RecordedStep): step is RecordedTrade {
  return step.kind === 'trade'
}

function windowOf(steps: readonly RecordedStep[]): { from: number; to: number } {
  const times = steps.filter(isTrade).map(({ time }) => time)
  const from = times.reduce((least, time) => Math.min(least, time), times[0] ?? 0)
  const to = times.reduce((most, time) => Math.max(most, time), 0)
  return { from: from - (from % MINUTE_MS), to: to - (to % MINUTE_MS) + MINUTE_MS }
}

async function servedCandles({
  api,
  marketId,
  steps,
}: VerificationRequest): Promise<readonly MinuteCandle[]> {
  const window = windowOf(steps)
  const { items } = await api(listCandles, { marketId, interval: '1m', ...window, limit: 5000 })
  return items
}

/** The public trades after `seq`, oldest first. */
async function tradesSince(api: Api, marketId: string, seq: number): Promise<readonly Trade[]> {
  const trades: Trade[] = []
  let beforeSeq: number | undefined
  for (;;) {
    const query = { marketId, limit: 1000, ...(beforeSeq === undefined ? {} : { beforeSeq }) }
    const { items } = await api(listTrades, query)
    const fresh = items.filter((trade) => trade.seq > seq)
    trades.push(...fresh)
    beforeSeq = items.at(-1)?.seq
    if (beforeSeq === undefined || fresh.length < items.length) return trades.reverse()
  }
}

function fromPublic(trade: Trade): RecordedTrade {
  return {
    kind: 'trade',
    line: 0,
    time: trade.time,
    tradeId: 0,
    price: parseAmount(trade.price, RECORDING_SCALE),
    quantity: parseAmount(trade.quantity, RECORDING_SCALE),
    takerSide: trade.takerSide,
  }
}

/** Walks both lists in order, passing over prints that are not of the recording. */
function compareTrades(
  recorded: readonly RecordedTrade[],
  printed: readonly Trade[],
): Verification['trades'] {
  let next = 0
  for (const print of printed) {
    const trade = recorded[next]
    if (!trade) break
    const other = fromPublic(print)
    const keys = ['price', 'quantity', 'takerSide', 'time'] as const
    if (keys.every((key) => trade[key] === other[key])) next += 1
  }
  const missing = recorded[next]
  return { recorded: recorded.length, printed: next, ...(missing ? { firstMissingLine: missing.line } : {}) }
}

function isSameCandle(left: MinuteCandle, right: MinuteCandle): boolean {
  const texts = ['open', 'high', 'low', 'close', 'volume', 'quoteVolume'] as const
  const isSame = texts.every((key) => parseAmount(left[key], 24) === parseAmount(right[key], 24))
  return isSame && left.openTime === right.openTime && left.trades === right.trades
}

async function compareBook(api: Api, marketId: string, recorded: LevelBook): Promise<Verification['book']> {
  const { bids, asks } = await api(showBook, { marketId, limit: BOOK_LEVELS_MAX })
  const sides = [
    [recorded.buy, bids],
    [recorded.sell, asks],
  ] as const
  const equal = sides.every(([side, shown]) => {
    const expected = bestLevels(side)
    const isSame = ([price, quantity]: RecordedLevel, index: number) =>
      units(shown[index]?.[0]) === price && units(shown[index]?.[1]) === quantity
    return expected.length === shown.length && expected.every(isSame)
  })
  return { levels: bids.length + asks.length, equal }
}

function units(decimal: string | undefined): bigint | undefined {
  return decimal === undefined ? undefined : parseAmount(decimal, RECORDING_SCALE)
}

function bestLevels(side: LevelSide): RecordedLevel[] {
  const levels = [...side.levels()].sort(([left], [right]) => (left < right ? -1 : 1))
  if (side.side === 'buy') levels.reverse()
  return levels.slice(0, BOOK_LEVELS_MAX)
}

import { createGunzip } from 'node:zlib'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Side } from '../exchange/exchange.ts'
import { parseAmount } from '../money/index.ts'

/** Prices and quantities of a recording are counted in units of 10⁻⁸, whatever the market's tick and lot are. */
export const RECORDING_SCALE = 8

/** A level of a recorded book: price, and the absolute quantity there (0 removes it). */
export type RecordedLevel = readonly [price: bigint, quantity: bigint]

export type RecordedStep =
  | {
      readonly kind: 'snapshot'
      readonly line: number
      readonly lastUpdateId: number
      readonly bids: readonly RecordedLevel[]
      readonly asks: readonly RecordedLevel[]
    }
  | {
      readonly kind: 'diff'
      readonly line: number
      /** Milliseconds since the epoch, the venue's clock. */
      readonly time: number
      readonly firstUpdateId: number
      readonly lastUpdateId: number
      readonly bids: readonly RecordedLevel[]
      readonly asks: readonly RecordedLevel[]
    }
  | {
      readonly kind: 'trade'
      readonly line: number
      readonly time: number
      readonly tradeId: number
      readonly price: bigint
      readonly quantity: bigint
      readonly takerSide: Side
    }

/** A file that is not a whole recording of the market asked for; the message names the line. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'
  readonly line: number

  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`)
    this.line = line
  }
}

type Json = Readonly<Record<string, unknown>>

/**
 * Reads a recorded Binance stream (gzip or plain): one `<receive time in ns> <message>` a line, depth diffs, trades,
 * book tickers (skipped) and one depth snapshot. The whole file is checked before anything is played, so a bad one
 * leaves no trace in the market.
 */
export async function readRecording(path: string, marketId: string): Promise<readonly RecordedStep[]> {
  const symbol = marketId.replace('-', '')
  const steps: RecordedStep[] = []
  let line = 0
  try {
    for await (const text of await linesOf(path)) {
      line += 1
      const step = readStep(text, line, symbol)
      if (step) steps.push(step)
    }
  } catch (error) {
    if (error instanceof RecordingError || !isGzipError(error)) throw error
    throw new RecordingError(line + 1, 'the compressed file ends or breaks here; it is not whole.')
  }
  checkContinuity(steps, line)
  return steps
}

async function linesOf(path: string): Promise<AsyncIterable<string>> {
  const file = await open(path)
  const magic = new Uint8Array(2)
  await file.read(magic, 0, 2, 0)
  await file.close()
  const raw = createReadStream(path)
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return createInterface({ input: raw, crlfDelay: Infinity })
  const text = createGunzip()
  raw.on('error', (error) => text.destroy(error))
  raw.pipe(text)
  return gunzippedLines(text)
}

/** `readline` swallows an error of its input, so the lines are cut here. */
async function* gunzippedLines(input: NodeJS.ReadableStream): AsyncIterable<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of input as AsyncIterable<Uint8Array>) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  if (rest !== '') yield rest
}

function isGzipError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}

function readStep(text: string, line: number, symbol: string): RecordedStep | undefined {
  const match = /^(\d{16,20}) (\{.*\})\s*$/.exec(text)
  if (!match) throw new RecordingError(line, 'not a receive time followed by a JSON message.')
  const message = parseJson(match[2] ?? '', line)
  if ('lastUpdateId' in message) {
    return {
      kind: 'snapshot',
      line,
      lastUpdateId: integer(message, 'lastUpdateId', line),
      bids: levels(message, 'bids', line),
      asks: levels(message, 'asks', line),
    }
  }
  const stream = message['stream']
  const data = message['data']
  if (typeof stream !== 'string' || typeof data !== 'object' || data === null) {
    throw new RecordingError(line, 'neither a depth snapshot nor a message of a combined stream.')
  }
  return readEvent(stream, data as Json, line, symbol)
}

function readEvent(stream: string, data: Json, line: number, symbol: string): RecordedStep | undefined {
  if (data['s'] !== symbol) {
    throw new RecordingError(line, `the recording is of ${String(data['s'])}, not of ${symbol}.`)
  }
  switch (stream.slice(stream.indexOf('@') + 1)) {
    case 'bookTicker':
      return undefined
    case 'trade':
      return {
        kind: 'trade',
        line,
        time: integer(data, 'T', line),
        tradeId: integer(data, 't', line),
        price: units(data['p'], 'p', line),
        quantity: units(data['q'], 'q', line),
        // `m`: the buyer was the maker, so the seller crossed the spread.
        takerSide: data['m'] === true ? 'sell' : 'buy',
      }
    case 'depth':
    case 'depth@100ms':
      return {
        kind: 'diff',
        line,
        time: integer(data, 'E', line),
        firstUpdateId: integer(data, 'U', line),
        lastUpdateId: integer(data, 'u', line),
        bids: levels(data, 'b', line),
        asks: levels(data, 'a', line),
      }
    default:
      throw new RecordingError(line, `a stream this player does not know: ${stream}.`)
  }
}

function parseJson(text: string, line: number): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new RecordingError(line, 'the message is not JSON; the file may be cut off here.')
  }
}

function integer(data: Json, name: string, line: number): number {
  const value = data[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new RecordingError(line, `"${name}" must be an integer.`)
  }
  return value
}

function units(value: unknown, name: string, line: number): bigint {
  if (typeof value !== 'string') throw new RecordingError(line, `"${name}" must be a decimal string.`)
  try {
    return parseAmount(value, RECORDING_SCALE)
  } catch {
    throw new RecordingError(line, `"${name}" is no decimal of at most ${RECORDING_SCALE} places: ${value}.`)
  }
}

function levels(data: Json, name: string, line: number): RecordedLevel[] {
  const value = data[name]
  if (!Array.isArray(value)) throw new RecordingError(line, `"${name}" must be a list of levels.`)
  return value.map((level: unknown) => {
    if (!Array.isArray(level)) throw new RecordingError(line, `"${name}" must be a list of levels.`)
    return [units(level[0], name, line), units(level[1], name, line)] as const
  })
}

/** Diffs must follow each other without a gap, and one snapshot must lie among them. */
function checkContinuity(steps: readonly RecordedStep[], lines: number): void {
  let last: number | undefined
  let snapshot: number | undefined
  for (const step of steps) {
    if (step.kind === 'snapshot') snapshot ??= step.lastUpdateId
    if (step.kind !== 'diff') continue
    if (last !== undefined && step.firstUpdateId !== last + 1) {
      throw new RecordingError(
        step.line,
        `a depth diff is missing: ${last + 1} was to come, not ${step.firstUpdateId}.`,
      )
    }
    last = step.lastUpdateId
  }
  if (snapshot === undefined) throw new RecordingError(lines, 'the file ends without a depth snapshot.')
  if (last === undefined || last <= snapshot) {
    throw new RecordingError(lines, 'the file ends before the first depth diff after the snapshot.')
  }
}

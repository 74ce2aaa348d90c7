/** How long garbage collection stops an engine that is under load for minutes: every pause delays whoever asks just then. */
import { connectEngine } from '../index.ts'
import * as records from '../messages/records.ts'
import { EngineChild } from './engine-child.ts'
import { Load } from './load.ts'
import { CANCEL, MarketFlow, MOVE } from './market-flow.ts'
import { openingCommands, type Commands } from './player.ts'

const { COMMAND_ACCOUNT, COMMAND_HEAD, COMMAND_LENGTHS, COMMAND_MARKET, COMMAND_PRICE, COMMAND_STRINGS } =
  records
const { COMMAND_TIME, COMMAND_VALUE, FLAG_AMEND_PRICE, OP_AMEND, OP_CANCEL, OP_PLACE } = records

const RATE = 100_000
const USERS = 1000
const FILL = 1000
/** Commands made at a time; the load pauses for it. */
const CHUNK = 1_000_000
const ID_LENGTH = 8
const ID_WORDS = ID_LENGTH / 4
const WORDS_MAX = COMMAND_STRINGS + ID_WORDS + 2

export interface Collections {
  readonly count: number
  readonly longestMs: number
  readonly allMs: number
}

/** As the platform sends them: orders are named by the client's ids, and the engine's process says when it was. */
function makeCommands(flow: MarketFlow, count: number): Commands {
  const bytes = new Uint8Array(count * WORDS_MAX * 4)
  const i = new Int32Array(bytes.buffer)
  const f = new Float64Array(bytes.buffer)
  const offsets = new Int32Array(count + 1)
  for (let n = 0, word = 0; n < count; n++) {
    flow.next()
    const isNamed = flow.type === CANCEL || flow.type === MOVE
    const op = flow.type === CANCEL ? OP_CANCEL : flow.type === MOVE ? OP_AMEND : OP_PLACE
    const flags =
      flow.type === MOVE ? FLAG_AMEND_PRICE : isNamed ? 0 : flow.side | ((flow.type - 1) << records.TIF_SHIFT)
    const words = flow.type === MOVE ? WORDS_MAX : COMMAND_STRINGS + ID_WORDS
    i[word + COMMAND_HEAD] = (words * 4) | (op << 16) | (flags << 24)
    i[word + COMMAND_LENGTHS] = ID_LENGTH << 8
    i[word + COMMAND_ACCOUNT] = flow.user
    i[word + COMMAND_MARKET] = 0
    f[(word + COMMAND_TIME) >> 1] = -1
    f[(word + COMMAND_VALUE) >> 1] = isNamed ? 0 : flow.size
    i[word + COMMAND_PRICE] = flow.price
    const id = flow.order.toString(36).padStart(ID_LENGTH, '0')
    for (let at = 0; at < ID_LENGTH; at++) bytes[(word + COMMAND_STRINGS) * 4 + at] = id.charCodeAt(at)
    word += words
    offsets[n + 1] = word * 4
  }
  return { bytes, offsets }
}

export async function measureCollections(folder: string, minutes: number): Promise<Collections> {
  const engine = new EngineChild(folder)
  const total = Math.ceil((minutes * 60 * RATE) / CHUNK) * CHUNK
  const terms = { market: 0, fill: FILL, timed: total, users: USERS, seed: 6 }
  const flow = new MarketFlow({ ...terms, style: { mix: 'moves', picks: 'oldest' } })
  try {
    await engine.start({ node: ['--import', new URL('collection-watch.ts', import.meta.url).href] })
    const client = connectEngine({ socket: engine.socket })
    await client.submitMany(openingCommands({ markets: 1, users: USERS }, 'deposits'))
    client.close()
    const load = await Load.connect(engine.socket, makeCommands(flow, FILL))
    await load.flood(FILL)
    for (let sent = 0; sent < total; sent += CHUNK) {
      load.take(makeCommands(flow, CHUNK))
      await load.offer(CHUNK, RATE)
    }
    load.close()
    return await engine.lastWords<Collections>()
  } finally {
    await engine.remove()
  }
}

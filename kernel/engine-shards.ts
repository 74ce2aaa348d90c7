/** Which engines there are and which markets each matches. Set-up starts them, and the kernel talks to them. */

/** One engine, with a journal and balances of its own. */
export interface EngineShard {
  readonly name: string
  /** Ids of markets, or all of one asset: `DOGE-USDT`, `BTC-*`, `*-EUR`. */
  readonly markets: readonly string[]
}

/** `ENGINE_SHARDS` cannot be used; the message is for the operator. */
export class EngineShardsError extends Error {
  override readonly name = 'EngineShardsError'
}

/** Always there: it has every market that no other shard was given. */
export const mainShard: EngineShard = { name: 'main', markets: [] }

const SHARDS_MAX = 64
const nameForm = /^[a-z][a-z0-9]{0,11}$/
const marketForm = /^([A-Z0-9]+-[A-Z0-9]+|[A-Z0-9]+-\*|\*-[A-Z0-9]+)$/

function fail(sentence: string): never {
  throw new EngineShardsError(`ENGINE_SHARDS ${sentence}; it looks like "euro=*-EUR,*-GBP;memes=DOGE-USDT".`)
}

function readShard(text: string): EngineShard {
  const [name = '', list = '', ...rest] = text.split('=').map((part) => part.trim())
  if (rest.length > 0 || !nameForm.test(name)) fail(`has no shard in "${text.trim()}"`)
  if (name === mainShard.name) fail('names main, which has whatever no other shard is given')
  const markets = list.split(',').map((market) => market.trim())
  const wrong = markets.find((market) => !marketForm.test(market))
  if (wrong !== undefined) fail(`gives ${name} "${wrong}", which is neither a market nor all of one asset`)
  return { name, markets }
}

/** Reads `euro=*-EUR,*-GBP;memes=DOGE-USDT`: the shards there are beside `main`, which comes first. */
export function readEngineShards(text: string | undefined): readonly EngineShard[] {
  const parts = (text ?? '').split(';').filter((part) => part.trim() !== '')
  const shards = [mainShard, ...parts.map(readShard)]
  const markets = shards.flatMap((shard) => shard.markets)
  if (new Set(shards.map(({ name }) => name)).size < shards.length) fail('names a shard twice')
  if (new Set(markets).size < markets.length) fail('gives a market to two shards')
  if (shards.length > SHARDS_MAX) fail(`has more than ${SHARDS_MAX} shards`)
  return shards
}

/** Where a new market goes: to the shard that has its id, else its base asset, else its quote asset, else to `main`. */
export function shardFor(shards: readonly EngineShard[], marketId: string): string {
  const [base = '', quote = ''] = marketId.split('-')
  const patterns = [marketId, `${base}-*`, `*-${quote}`]
  const found = patterns.map((pattern) => shards.find(({ markets }) => markets.includes(pattern)))
  return found.find((shard) => shard !== undefined)?.name ?? mainShard.name
}

export type EngineStandby = 'async' | 'sync' | 'sync-or-alone'
const standbyModes: readonly EngineStandby[] = ['async', 'sync', 'sync-or-alone']

/** What `ENGINE_STANDBY` says of a standby beside every engine: none, or what an answer waits for; `1` is `async`. */
export function readEngineStandby(text: string | undefined): EngineStandby | undefined {
  if (text === undefined || text === '' || text === '0') return undefined
  const mode = text === '1' ? 'async' : standbyModes.find((known) => known === text)
  if (mode) return mode
  throw new EngineShardsError(`ENGINE_STANDBY "${text}" must be 1, async, sync or sync-or-alone.`)
}

/** `engine` for main, `engine-euro` for a shard called euro: the name of its process, its data folder and its socket. */
export function engineName({ name }: EngineShard): string {
  return name === mainShard.name ? 'engine' : `engine-${name}`
}

/** `standby` and `standby-euro`: the same of its standby, when there is one. */
export function standbyName(shard: EngineShard): string {
  return engineName(shard).replace('engine', 'standby')
}

/** The variable that tells where a shard's engine listens: `ENGINE_SOCKET` and `ENGINE_SOCKET_EURO`. */
export function socketVariable({ name }: EngineShard): string {
  return name === mainShard.name ? 'ENGINE_SOCKET' : `ENGINE_SOCKET_${name.toUpperCase()}`
}

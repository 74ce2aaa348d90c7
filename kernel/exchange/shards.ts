import type { Knex } from 'knex'
import type { Logger } from '../broker/index.ts'
import { execute, selectRows, transaction } from '../database/index.ts'
import { mainShard, type EngineShard } from '../engine-shards.ts'
import { EngineLink, type CommandObserver } from './engine-link.ts'
import { firstSeqOf, SHARD_NUMBER_MAX, shardNumberOf } from './platform-seq.ts'

/** Where an engine listens, beside its name and markets. */
export type EngineAddress = EngineShard & { readonly socket: string }

/** One engine as the kernel uses it. */
export interface Shard {
  readonly name: string
  /** Kept for ever: ids of orders and trades are made of it. */
  readonly number: number
  readonly link: EngineLink
  /** Where it listens; with a standby, both. */
  readonly socket: string
  /** One of the engine's own numbers in the platform's. */
  platformSeq(seq: number): number
  /** A name that all shards have one of, such as a checkpoint's: main has it as it is, euro has `…@euro`. */
  own(name: string): string
}

export type ShardObserver = (shard: string, batch: Parameters<CommandObserver>[0]) => void

class ConnectedShard implements Shard {
  readonly name: string
  readonly link: EngineLink
  readonly socket: string
  number: number

  constructor({ name, socket }: EngineAddress, log: Logger, observe: ShardObserver) {
    this.name = name
    this.socket = socket
    this.number = name === mainShard.name ? 0 : NaN
    this.link = new EngineLink({
      socket,
      log,
      firstSeq: () => this.firstSeq(),
      observe: (batch) => observe(name, batch),
    })
  }

  platformSeq(seq: number): number {
    return this.firstSeq() + seq
  }

  own(name: string): string {
    return ownName(name, this.name)
  }

  firstSeq(): number {
    if (Number.isNaN(this.number))
      throw new Error(`The shard ${this.name} was used before it had its number.`)
    return firstSeqOf(this.number)
  }
}

export function ownName(name: string, shard: string): string {
  return shard === mainShard.name ? name : `${name}@${shard}`
}

/** All engines of the platform, `main` first. */
export class Shards {
  readonly plan: readonly EngineShard[]
  readonly #shards: readonly ConnectedShard[]

  constructor(engines: readonly EngineAddress[], log: Logger, observe: ShardObserver = () => undefined) {
    this.plan = engines
    this.#shards = engines.map((engine) => new ConnectedShard(engine, log, observe))
  }

  /** Gives each shard the number it has had since it was first started. Throws when one that has been used is missing. */
  async start(database: Knex): Promise<void> {
    const numbers = await transaction(database, async (trx) => {
      const known = await selectRows<{ number: number; name: string }>(
        trx,
        'SELECT number, name FROM exchange_shards ORDER BY number FOR UPDATE',
      )
      const byName = new Map(known.map(({ name, number }) => [name, number]))
      for (const { name } of this.#shards) {
        if (byName.has(name)) continue
        const number = byName.size
        if (number > SHARD_NUMBER_MAX) throw new Error('There are more shards than numbers for them.')
        await execute(trx, 'INSERT INTO exchange_shards (number, name) VALUES (?, ?)', [number, name])
        byName.set(name, number)
      }
      return byName
    })
    const missing = [...numbers.keys()].find((name) => !this.#shards.some((shard) => shard.name === name))
    if (missing !== undefined) {
      throw new Error(
        `ENGINE_SHARDS does not name ${missing}, which has balances and markets of this platform.`,
      )
    }
    for (const shard of this.#shards) shard.number = numbers.get(shard.name) as number
  }

  get all(): readonly Shard[] {
    return this.#shards
  }

  get main(): Shard {
    return this.#shards[0] as Shard
  }

  named(name: string): Shard {
    const shard = this.#shards.find((known) => known.name === name)
    if (!shard) throw new Error(`There is no shard ${name}.`)
    return shard
  }

  /** The shard a seq, or the number of an order, is of; undefined when it is nobody's. */
  of(seq: number): Shard | undefined {
    const number = shardNumberOf(seq)
    return this.#shards.find((shard) => shard.number === number)
  }

  close(): void {
    for (const { link } of this.#shards) link.close()
  }
}

/**
 * Kills a real engine process again and again while it works, and asks after each restart for everything it answered
 * before. What was not answered is sent again with its key, as a client would.
 */
import assert from 'node:assert/strict'
import type { EngineClient } from '../client/client.ts'
import type { Command } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import { EngineProcess, market } from './engine-process.ts'
import { randomFrom } from './fault-disk.ts'

const ACCOUNTS = 4
const DEPOSIT = 1000
/** In flight at once: some share a write, some do not. */
const IN_FLIGHT = 24
/** Answers that are asked for again after each restart; at the end it is all of them. */
const SAMPLE = 25

export interface KillReport {
  readonly kills: number
  readonly commands: number
  /** Commands that had no answer when the engine died, and were sent again. */
  readonly retried: number
  /** Of those, the ones that had been done. */
  readonly done: number
  readonly seed: number
}

export class KillLoop {
  readonly #seed: number
  readonly #random: () => number
  readonly #engine = new EngineProcess()
  readonly #answers = new Map<Command, Outcome>()
  #unanswered: Command[] = []
  #number = 0
  #kills = 0
  #retried = 0
  #done = 0

  constructor(seed: number) {
    this.#seed = seed
    this.#random = randomFrom(seed)
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end)
  }

  #next(): Command {
    const number = this.#number++
    const key = `n${number}`
    const account = 1 + (number % ACCOUNTS)
    if (number < ACCOUNTS * 2 || this.#below(8) === 0) {
      const asset = number % (ACCOUNTS * 2) < ACCOUNTS ? 'BTC' : 'USDT'
      return { op: 'deposit', account, asset, amount: String(DEPOSIT), key }
    }
    if (this.#below(6) === 0) return { op: 'cancelAll', account, key }
    const side = this.#below(2) === 0 ? 'buy' : 'sell'
    const price = (1 + this.#below(20) / 100).toFixed(2)
    const order = { side, type: 'limit', timeInForce: 'GTC', price, quantity: '0.5' } as const
    return { op: 'place', market: 'BTC-USDT', account, id: key, key, ...order }
  }

  /** Runs until so many kills, or until the time is over, on a folder that is gone afterwards. */
  async run(limit: { kills: number; seconds: number }): Promise<KillReport> {
    try {
      return await this.#run(limit)
    } finally {
      await this.#engine.dispose()
    }
  }

  async #run({ kills, seconds }: { kills: number; seconds: number }): Promise<KillReport> {
    const deadline = performance.now() + seconds * 1000
    this.#unanswered.push({ ...market, key: 'market' })
    while (this.#kills < kills && performance.now() < deadline) {
      const client = await this.#start()
      await this.#loadUntilKilled(client)
      this.#kills++
    }
    await this.#finish(await this.#start())
    const { length: commands } = [...this.#answers]
    return { kills: this.#kills, commands, retried: this.#retried, done: this.#done, seed: this.#seed }
  }

  async #start(): Promise<EngineClient> {
    const highest = Math.max(0, ...[...this.#answers.values()].slice(-IN_FLIGHT * 2).map(({ seq }) => seq))
    const { seq } = await this.#engine.start('--snapshot-every', '400000', '--journal-keep', '1')
    assert.ok(seq >= highest, `seed ${this.#seed}: it came back at ${seq}, and had answered ${highest}`)
    const client = this.#engine.client()
    await client.ready()
    return client
  }

  /** One answer again must be the same answer, and one that never came must not be done twice. */
  async #ask(client: EngineClient, command: Command): Promise<void> {
    const known = this.#answers.get(command)
    const outcome = await client.submit(command)
    if (known) assert.deepEqual(outcome, { ...known, duplicate: true }, `seed ${this.#seed}`)
    else this.#answers.set(command, { ...outcome, duplicate: false })
    if (!known && outcome.duplicate) this.#done++
  }

  async #loadUntilKilled(client: EngineClient): Promise<void> {
    const known = [...this.#answers.keys()]
    const asked = Array.from(
      { length: Math.min(SAMPLE, known.length) },
      () => known[this.#below(known.length)]!,
    )
    const retries = this.#unanswered.splice(0)
    this.#retried += retries.length
    // Before anything else: whether they were done decides what may follow.
    for (const command of retries) await this.#ask(client, command)
    let left = this.#below(160)
    let isKilled = false
    const kill = async (): Promise<void> => {
      // Some turns later, so that commands are on their way, in a write, or written and not yet answered.
      for (let turns = this.#below(30); turns > 0; turns--)
        await new Promise((resolve) => setImmediate(resolve))
      isKilled = true
      await this.#engine.stop('SIGKILL')
    }
    const worker = async (): Promise<void> => {
      while (!isKilled) {
        const command = asked.pop() ?? this.#next()
        try {
          await this.#ask(client, command)
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error
          if (!this.#answers.has(command)) this.#unanswered.push(command)
        }
        if (left-- === 0) await kill()
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
    this.#unanswered.sort((a, b) => numberOf(a) - numberOf(b))
    client.close()
  }

  async #finish(client: EngineClient): Promise<void> {
    for (const command of this.#unanswered.splice(0)) await this.#ask(client, command)
    const all = [...this.#answers.keys()]
    for (let at = 0; at < all.length; at += 500) {
      await Promise.all(all.slice(at, at + 500).map((command) => this.#ask(client, command)))
    }
    await this.#assertConserved(client)
    const { orders } = await client.openOrders()
    assert.equal(new Set(orders.map(({ id }) => id)).size, orders.length, 'no order is there twice')
    const { hash } = await client.hash()
    await this.#engine.stop()
    const { replayed } = await this.#engine.start('--snapshot-every', 'never')
    const again = this.#engine.client()
    assert.equal((await again.hash()).hash, hash, `a replay of ${replayed} commands has the same state`)
    await this.#engine.stop()
    client.close()
    again.close()
  }

  async #assertConserved(client: EngineClient): Promise<void> {
    const { balances } = await client.balances()
    for (const asset of ['BTC', 'USDT']) {
      const deposits = [...this.#answers.keys()].filter(
        (command) => command.op === 'deposit' && command.asset === asset,
      )
      const there = balances
        .filter((balance) => balance.asset === asset)
        .reduce((sum, { available, held }) => sum + BigInt(units(available)) + BigInt(units(held)), 0n)
      assert.equal(there, BigInt(deposits.length) * BigInt(units(String(DEPOSIT))), `all ${asset}`)
    }
  }
}

function numberOf({ key }: Command): number {
  return Number.parseInt(key!.slice(1), 10) || 0
}

/** With eight decimals, as a whole number. */
function units(decimal: string): string {
  const [whole = '', part = ''] = decimal.split('.')
  return whole + part.padEnd(8, '0')
}

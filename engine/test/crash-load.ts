/** Several clients that send random commands, each with its key, and remember every answer. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { connectEngine, type EngineClient } from '../client/client.ts'
import { EngineUnavailable } from '../client/link.ts'
import type { Command, PlaceTerms } from '../messages/command.ts'
import type { EngineEvent, Outcome } from '../messages/event.ts'
import { assets, Dice, places } from './random-dice.ts'
import { randomCommands } from './random-commands.ts'
import { openingOf } from './random-settings.ts'

const CLIENTS = 4
const IN_FLIGHT_MAX = 6
/** A unit of time of the random commands, in the milliseconds of a real engine. */
const UNIT_MS = 20
const ANSWER_MS = 40_000
/** Commands that open all markets and fund three accounts. */
const OPENING = places.length + 3 * assets.length

export class CrashLoad {
  readonly answers = new Map<Command, Outcome>()
  /** Every event, as a follower got it; seq 1 is the first. */
  readonly followed: EngineEvent[] = []
  /** What was wrong with what the follower got. */
  #followError: Error | undefined
  /** Retries that turned out to have been done. */
  done = 0
  readonly #addresses: string
  readonly #dice: Dice
  readonly #queue: Command[]
  /** Follows all events and reads; the others only send. */
  readonly reader: EngineClient
  #clients: EngineClient[]
  #unanswered: Command[] = []
  /** Answers that were not compared with what the follower got yet, and the seq of the last event in any. */
  #fresh: Outcome[] = []
  #answered = 0
  #keys = 0

  constructor(addresses: string, { seed, count }: { seed: number; count: number }) {
    this.#addresses = addresses
    this.#dice = new Dice(seed)
    // The last place opens late there; a key's repeat must find the market it named the first time.
    const last = openingOf(this.#dice, places.at(-1)!)
    this.#queue = [last, ...randomCommands(seed, count)].toReversed()
    this.#clients = Array.from({ length: CLIENTS }, () => this.#connect())
    this.reader = this.#connect()
    this.reader.follow(1, (events) => {
      this.#follow(events)
    })
  }

  #connect(): EngineClient {
    return connectEngine({ socket: this.#addresses })
  }

  /** Seq of the last event that anybody outside was told of. */
  get told(): number {
    return Math.max(this.followed.length, this.#answered)
  }

  #follow(events: readonly EngineEvent[]): void {
    for (const event of events) {
      if (event.seq !== this.followed.length + 1) {
        this.#followError ??= new Error(`event ${event.seq} came after event ${this.followed.length}`)
      }
      this.followed.push(event)
    }
  }

  #next(): Command | undefined {
    const command = this.#queue.pop()
    return command && keyed(command, `@${this.#keys++};`)
  }

  /** The markets and the first money, one after the other. */
  async open(): Promise<void> {
    const [client] = this.#clients as [EngineClient]
    await within(client.ready(), 'a client finds the primary')
    for (let n = 0; n < OPENING; n++) await this.#ask(client, this.#next()!)
  }

  /** Sends about `count` commands over all clients; `strike` comes when some of them are on their way. Resolves with how many have no answer. */
  async run(count: number, strike: () => Promise<void>): Promise<number> {
    let left = count
    const strikeAt = this.#dice.below(count)
    let isStruck: Promise<void> | undefined
    const strikeSoon = async (): Promise<void> => {
      for (let turns = this.#dice.below(30); turns > 0; turns--)
        await new Promise((resolve) => setImmediate(resolve))
      await strike()
    }
    const work = async (index: number): Promise<void> => {
      while (left > 0) {
        const commands = Array.from({ length: 1 + this.#dice.below(IN_FLIGHT_MAX) }, () => this.#next())
        left -= commands.length
        if (left <= strikeAt) isStruck ??= strikeSoon()
        if (
          !(await this.#send(
            this.#clients[index]!,
            commands.filter((command) => command !== undefined),
          ))
        )
          return
      }
    }
    await Promise.all(this.#clients.map((_, index) => work(index)))
    await (isStruck ?? strikeSoon())
    return this.#unanswered.length
  }

  /** All at once; false when the client has lost its engine. */
  async #send(client: EngineClient, commands: readonly Command[]): Promise<boolean> {
    const asked = commands.map((command) => this.#ask(client, command))
    const settled = await within(Promise.allSettled(asked), 'an answer or a refusal')
    for (const [n, result] of settled.entries()) {
      if (result.status === 'fulfilled') continue
      unlessUnavailable(result.reason)
      this.#unanswered.push(commands[n]!)
    }
    return settled.every(({ status }) => status === 'fulfilled')
  }

  async #ask(client: EngineClient, command: Command): Promise<void> {
    const known = this.answers.get(command)
    const outcome = await client.submit(command)
    if (known) assert.deepEqual(outcome, { ...known, duplicate: true }, `the answer to ${command.key} again`)
    else this.#remember(command, outcome)
  }

  #remember(command: Command, outcome: Outcome): void {
    this.answers.set(command, { ...outcome, duplicate: false })
    this.#fresh.push(outcome)
    this.#answered = Math.max(this.#answered, outcome.events.at(-1)?.seq ?? 0)
    if (outcome.duplicate) this.done++
  }

  /** Cancel on disconnect of an account, as long as one of the clients lasts. */
  async guard(): Promise<void> {
    await this.#dice
      .pick(this.#clients)
      .guard(1 + this.#dice.below(3))
      .catch(unlessUnavailable)
  }

  /** Closes some connections and makes others in their place: what they waited for has no answer. */
  dropSome(): void {
    this.#clients = this.#clients.map((client) => {
      if (!this.#dice.once(2)) return client
      client.close()
      return this.#connect()
    })
  }

  /** Asks for all that has no answer, in another order and over other connections, until each has one. */
  async retryAll(): Promise<void> {
    const deadline = performance.now() + ANSWER_MS
    while (this.#unanswered.length > 0) {
      assert.ok(performance.now() < deadline, `no answer to ${this.#unanswered.map(({ key }) => key).join()}`)
      const retries = shuffled(this.#unanswered.splice(0), this.#dice)
      await Promise.all(
        this.#clients.map(async (client, index) => {
          await within(client.ready(), 'a client finds the primary')
          await this.#send(
            client,
            retries.filter((_, n) => n % CLIENTS === index),
          )
        }),
      )
    }
  }

  /** Asks again for `count` answers, or for all. Each must be the same again. */
  async askAgain(count = Infinity): Promise<void> {
    const known = [...this.answers.keys()]
    const asked = count < known.length ? Array.from({ length: count }, () => this.#dice.pick(known)) : known
    for (let at = 0; at < asked.length; at += 200) {
      const part = shuffled(asked.slice(at, at + 200), this.#dice)
      await Promise.all(
        this.#clients.map(async (client, index) => {
          await within(client.ready(), 'a client finds the primary')
          const asking = part.filter((_, n) => n % CLIENTS === index)
          await within(Promise.all(asking.map((command) => this.#ask(client, command))), 'the answers again')
        }),
      )
    }
  }

  /** What was answered is what the follower got, event by event. */
  checkFollowed(): void {
    if (this.#followError) throw this.#followError
    for (const { events } of this.#fresh.splice(0)) {
      for (const event of events) assert.deepEqual(this.followed[event.seq - 1], event)
    }
  }

  close(): void {
    for (const client of [...this.#clients, this.reader]) client.close()
  }
}

/** With a key of its own, and stamped by the engine, so that what expires does so by its clock. */
function keyed({ time = 0, ...command }: Command, key: string): Command {
  const now = Date.now()
  const timed = <Terms extends PlaceTerms>(terms: Terms): Terms =>
    'expiresAt' in terms ? { ...terms, expiresAt: now + (terms.expiresAt! - time) * UNIT_MS } : terms
  const named = { ...command, key } as Command
  switch (named.op) {
    case 'clock':
      return { ...named, time: now }
    case 'place':
      return timed(named)
    case 'placeList':
      return { ...named, orders: named.orders.map(timed) }
    case 'replace':
      return { ...named, place: timed(named.place) }
    default:
      return named
  }
}

function shuffled<Item>(items: readonly Item[], dice: Dice): Item[] {
  const left = [...items]
  return items.map(() => left.splice(dice.below(left.length), 1)[0]!)
}

function unlessUnavailable(error: unknown): void {
  if (!(error instanceof EngineUnavailable)) throw error
}

/** An answer that never comes must end the simulation, not hold it up. */
async function within<Result>(promise: Promise<Result>, what: string): Promise<Result> {
  const isOver = new AbortController()
  const tooLate = pause(ANSWER_MS, undefined, { signal: isOver.signal }).then((): never => {
    throw new Error(`it never came to this: ${what}`)
  })
  return Promise.race([promise, tooLate]).finally(() => {
    isOver.abort()
  })
}

/**
 * Rounds of crashes by a seed, on two real engine processes under load. After each: every answer is there once and the same, both
 * engines and a replay of both journals have the same state, nothing was made or lost, and a follower saw all of it in order.
 *
 * The seed decides what is sent and what is done to whom. What is on its way at that moment is the machine's.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EngineUnavailable } from '../client/link.ts'
import { dumpOf, hashState, type StateDump } from '../core/state-hash.ts'
import { checkEngine, copyEngine } from '../operate/operate.ts'
import { eventually } from '../standby/test/two-engines.ts'
import { CrashLoad } from './crash-load.ts'
import { CrashCluster } from './crash-cluster.ts'
import { lastLogged, replayFolder, tearJournal } from './crash-journal.ts'
import { Tally } from './invariants.ts'
import { Dice } from './random-dice.ts'

const COMMANDS_MAX = 200
const ASKED_AGAIN = 40

const faults = {
  primary: 'primary killed',
  standby: 'standby killed',
  both: 'both killed',
  failover: 'primary killed, standby promoted',
  cutoff: 'line cut, primary killed, standby promoted',
  split: 'line cut, standby promoted beside the primary',
  handover: 'standby promoted',
  connections: 'connections dropped',
} as const
type Fault = keyof typeof faults

export interface CrashRound {
  readonly round: number
  readonly what: string
  readonly commands: number
  readonly unanswered: number
  /** Of those without an answer, the ones that had been done. */
  readonly done: number
  readonly seq: number
}

export class CrashRounds {
  readonly cluster = new CrashCluster()
  readonly #seed: number
  /** Of this round: how the one before went does not change what this one does. */
  #dice: Dice
  readonly #load: CrashLoad
  readonly #tally = new Tally()
  #tallied = 0

  constructor(seed: number, rounds: number) {
    this.#seed = seed
    this.#dice = new Dice(seed)
    this.#load = new CrashLoad(this.cluster.addresses, { seed, count: rounds * COMMANDS_MAX })
  }

  async begin(): Promise<void> {
    await this.cluster.begin()
    await this.#load.open()
  }

  async play(round: number): Promise<CrashRound> {
    this.#dice = new Dice(Math.imul(this.#seed, 0x9e3779b1) ^ round)
    const fault = this.#dice.pick(Object.keys(faults) as Fault[])
    const parts: string[] = [faults[fault]]
    const before = this.#load.answers.size
    const doneBefore = this.#load.done
    if (this.#dice.once(3)) await this.#load.guard()
    const unanswered = await this.#load.run(20 + this.#dice.below(COMMANDS_MAX - 20), () =>
      this.#strike(fault),
    )
    if (this.#dice.once(3)) this.#load.dropSome()
    parts.push(...(await this.#tear(fault)))
    await this.#raise(fault)
    await this.cluster.heal()
    parts.push(...this.cluster.repairs.splice(0))
    await this.#load.retryAll()
    const seq = await this.#check()
    await this.#load.askAgain(ASKED_AGAIN)
    const commands = this.#load.answers.size - before
    return { round, what: parts.join(', '), commands, unanswered, done: this.#load.done - doneBefore, seq }
  }

  /** While commands are on their way. */
  async #strike(fault: Fault): Promise<void> {
    const { primary, standby } = this.cluster
    switch (fault) {
      case 'primary':
      case 'failover':
        return primary.kill()
      case 'cutoff':
        this.cluster.cut()
        // Long enough for commands to reach the primary alone.
        for (let turns = this.#dice.below(60); turns > 0; turns--) await pause(1)
        return primary.kill()
      case 'split':
        this.cluster.cut()
        await this.cluster.promote()
        await assert.rejects(primary.read({ read: 'hash' }), EngineUnavailable, 'two answer')
        return
      case 'standby':
        return standby.kill()
      case 'both':
        await Promise.all([primary.kill(), standby.kill()])
        return
      case 'handover':
        await this.cluster.promote()
        // An old primary that has stepped down follows when it is started again.
        return primary.kill()
      case 'connections':
        this.#load.dropSome()
    }
  }

  #killed(fault: Fault): readonly ('primary' | 'standby')[] {
    if (fault === 'both') return ['primary', 'standby']
    if (fault === 'standby') return ['standby']
    return fault === 'primary' || fault === 'failover' || fault === 'cutoff' ? ['primary'] : []
  }

  /** Only what nobody was told of may be torn: no client, no follower, and no event log, which is written after the answer is due. */
  async #tear(fault: Fault): Promise<string[]> {
    const torn: string[] = []
    for (const which of this.#killed(fault)) {
      if (this.#dice.once(2)) continue
      const logged = await Promise.all(this.cluster.engines.map(({ data }) => lastLogged(data)))
      const told = Math.max(this.#load.told, ...logged)
      torn.push(`${which} torn: ${await tearJournal(this.cluster[which].data, { dice: this.#dice, told })}`)
    }
    return torn
  }

  async #raise(fault: Fault): Promise<void> {
    const { cluster } = this
    if (fault === 'both' && this.#dice.once(2)) {
      // The old primary is gone for long: its standby starts alone.
      await cluster.start(cluster.standby)
      await cluster.promote()
    }
    if (fault === 'failover' || fault === 'cutoff') await cluster.promote()
    cluster.mend()
    await cluster.startAll(this.#dice)
  }

  /** Compares when nothing happens any more: orders expire by the clock, and guards cancel after a start. */
  async #check(): Promise<number> {
    const { primary, standby } = this.cluster
    let dump: StateDump | undefined
    await eventually(async () => {
      const { seq, hash } = await this.#load.reader.hash().catch(() => ({ seq: -1, hash: '' }))
      const there = await standby.read<string>({ read: 'hash' }).catch(() => undefined)
      if (seq < 0 || there?.seq !== seq || this.#load.followed.length !== seq) return false
      for (const engine of [primary, standby]) {
        const { state, keys } = await replayFolder(engine.data)
        dump = dumpOf(state)
        if (dump.seqNext !== seq + 1) return false
        assert.equal(
          hashState(dump),
          hash,
          `a replay of ${engine.data} to event ${seq} has the state of the primary`,
        )
        assert.equal(new Set(keys).size, keys.length, `${engine.data} has no key twice`)
      }
      assert.equal(there.result, hash, `the standby has the state of the primary after event ${seq}`)
      return this.#readsAre(dump!, seq)
    }, 'both engines, the follower and the journals are at one event')
    await standby.ask({ ask: 'verify' })
    this.#load.checkFollowed()
    for (const event of this.#load.followed.slice(this.#tallied, dump!.seqNext - 1)) {
      this.#tally.add({ seq: event.seq, events: [event], duplicate: false })
    }
    this.#tallied = dump!.seqNext - 1
    this.#tally.check(dump!)
    return this.#tallied
  }

  async #readsAre(dump: StateDump, seq: number): Promise<boolean> {
    const [balances, orders] = await Promise.all([
      this.#load.reader.balances(),
      this.#load.reader.openOrders(),
    ])
    if (balances.seq !== seq || orders.seq !== seq) return false
    assert.deepEqual(balances.balances, plain(dump.balances), 'balances as they are read')
    assert.deepEqual(orders.orders, plain(dump.orders), 'open orders as they are read')
    return true
  }

  /** All answers once more; then both folders by themselves, and a copy of each. */
  async end(): Promise<number> {
    await this.#load.askAgain()
    const seq = await this.#check()
    this.#load.close()
    await this.cluster.stop('SIGTERM')
    for (const { data } of this.cluster.engines) {
      const { ok, seq: reached, hash } = await checkEngine(data)
      assert.deepEqual([ok, (reached ?? 0) >= seq], [true, true], `${data} is sound to event ${seq}`)
      const copy = await copyEngine(data, { out: join(data, 'copy'), point: { seq: reached! } })
      assert.equal(copy.hash, hash, `a copy of ${data} has its state`)
    }
    return this.#load.answers.size
  }

  async dispose({ isKept = false }: { isKept?: boolean } = {}): Promise<void> {
    this.#load.close()
    await this.cluster.stop('SIGKILL')
    if (!isKept) this.cluster.remove()
  }
}

/** As it comes over the socket: without fields that are undefined. */
function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value
}

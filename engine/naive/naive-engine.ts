/**
 * The engine again, as plainly as it can be said: strings in, big integers inside, arrays and maps. It is what the fast
 * one is compared with, so it shares none of its arithmetic, memory, record formats or indexes.
 */
import type { Command } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import type { StateDump } from '../core/state-hash.ts'
import { setAccount, setDiscount, setFeeTier, setGuard } from './account.ts'
import type { Depth } from '../core/reads.ts'
import { depthOf, dumpOf, nextExpiryOf } from './dump.ts'
import { contentOf, KeyMemory } from './key.ts'
import { cancelNamedList, placeList } from './list.ts'
import { setMarket } from './market.ts'
import { deposit, transfer, withdraw } from './money.ts'
import { amend, cancelAll, cancelNamed, clock, place, replace } from './order.ts'
import { runQueue } from './queue.ts'
import { reject } from './refusal.ts'
import { rules, type Rules } from './rules.ts'
import { createState, type NaiveState } from './state.ts'

export class NaiveEngine {
  readonly #state: NaiveState
  readonly #keys: KeyMemory

  /** `broken` are rules that a test wants otherwise. */
  constructor({ keys, broken = {} }: { keys: number; broken?: Partial<Rules> }) {
    this.#state = createState({ ...rules, ...broken })
    this.#keys = new KeyMemory(keys)
  }

  execute(command: Command): Outcome {
    const s = this.#state
    s.events = []
    s.time = command.time ?? 0
    const seq = s.seqNext
    if (command.key === undefined) {
      run(s, command)
      return { seq, events: s.events, duplicate: false }
    }
    const content = contentOf(s, command)
    const known = this.#keys.find(command)
    if (known && known.content === content) return { seq: known.seq, events: [], duplicate: true }
    if (known) reject(s, command, 'idempotency_conflict')
    else {
      run(s, command)
      this.#keys.add(command, { content, seq, events: s.events })
    }
    return { seq, events: s.events, duplicate: false }
  }

  dump(): StateDump {
    return dumpOf(this.#state)
  }

  depth(market: string): Depth | undefined {
    return depthOf(this.#state, market)
  }

  nextExpiry(): number {
    return nextExpiryOf(this.#state)
  }
}

function run(s: NaiveState, command: Command): void {
  perform(s, command)
  runQueue(s)
}

function perform(s: NaiveState, command: Command): void {
  switch (command.op) {
    case 'market':
      return setMarket(s, command)
    case 'deposit':
      return deposit(s, command)
    case 'withdraw':
      return withdraw(s, command)
    case 'transfer':
      return transfer(s, command)
    case 'account':
      return setAccount(s, command)
    case 'feeTier':
      return setFeeTier(s, command)
    case 'discount':
      return setDiscount(s, command)
    case 'guard':
      return setGuard(s, command)
    case 'place':
      return place(s, command)
    case 'placeList':
      return placeList(s, command)
    case 'cancel':
      return void cancelNamed(s, command)
    case 'cancelList':
      return cancelNamedList(s, command)
    case 'amend':
      return amend(s, command)
    case 'replace':
      return replace(s, command)
    case 'cancelAll':
      return cancelAll(s, command)
    case 'clock':
      return clock(s, command)
  }
}

/** Streams of commands from a seed, weighted so that rare things meet: few accounts, few prices, tight limits. */
import type { Command, PlaceCommand, PlaceListCommand, ReplaceCommand } from '../messages/command.ts'
import { assets, Dice, places, riches } from './random-dice.ts'
import { OrderDice } from './random-orders.ts'
import { openingOf, randomAltering, randomMoney, randomSetting } from './random-settings.ts'

/** How often each kind comes, out of the sum of all. */
const weights = {
  market: 3,
  money: 6,
  transfer: 2,
  setting: 3,
  place: 52,
  list: 10,
  cancel: 7,
  amend: 8,
  replace: 3,
  cancelList: 3,
  cancelAll: 1,
  clock: 4,
} as const
type Kind = keyof typeof weights

interface Placed {
  readonly market: string
  readonly account: number
  readonly id: string
}

class Stream {
  readonly dice: Dice
  readonly #orders: OrderDice
  readonly #accounts: number
  #count = 1
  time = 1_000
  /** Orders and lists that may still be open. */
  readonly #placed: Placed[] = []

  constructor(seed: number) {
    this.dice = new Dice(seed)
    this.#accounts = 2 + this.dice.below(4)
    this.#orders = new OrderDice(this.dice, this)
  }

  begin(): Command[] {
    const opened = places.slice(0, -1).map((place) => openingOf(this.dice, place))
    const funded = [1, 2, 3].flatMap((account) => {
      const share = this.dice.pick([1, 1, 60, 400])
      return Object.entries(riches).map(([asset, most]) => {
        return { op: 'deposit', account, asset, amount: (most / share).toFixed(0) } as const
      })
    })
    return [...opened, ...funded]
  }

  next(): Command {
    this.#count++
    this.time += this.dice.below(3)
    const command = this.#ofKind(this.#kind())
    const timed = command.op === 'clock' ? command : { ...command, time: this.time }
    if (!this.dice.once(6)) return timed
    return { ...timed, key: `k${this.dice.once(12) ? this.dice.below(this.#count) : this.#count}` }
  }

  #kind(): Kind {
    const kinds = Object.entries(weights) as [Kind, number][]
    let left = this.dice.below(kinds.reduce((sum, [, weight]) => sum + weight, 0))
    for (const [kind, weight] of kinds) if ((left -= weight) < 0) return kind
    return 'place'
  }

  #ofKind(kind: Kind): Command {
    const { dice } = this
    const place = dice.pick(places)
    const account = this.#account()
    const of = { market: dice.once(200) ? 'NO-SUCH' : place.market, account }
    switch (kind) {
      case 'market':
        return randomAltering(dice, place)
      case 'money':
        return randomMoney(dice, account)
      case 'transfer': {
        const amount = dice.pick(['1', '25.5', '0', '0.000000001'])
        return { op: 'transfer', from: account, to: dice.below(6), asset: dice.pick(assets), amount }
      }
      case 'setting':
        return randomSetting(dice, account, place)
      case 'place':
        return this.#remember({ op: 'place', ...of, ...this.#orders.order(place) })
      case 'list':
        return this.#remember(this.#orders.list(of, place))
      case 'cancelAll': {
        const reason = dice.once(3) && ({ reason: 'disconnect' } as const)
        return { op: 'cancelAll', account, ...(dice.once(2) && { market: of.market }), ...reason }
      }
      case 'clock':
        this.time += dice.below(40)
        return { op: 'clock', time: this.time }
      default:
        return this.#ofPlaced(
          kind,
          dice.once(20) || this.#placed.length === 0 ? undefined : dice.pick(this.#placed),
        )
    }
  }

  /** What is done to an order or a list that was placed before, or that never was. */
  #ofPlaced(kind: 'cancel' | 'amend' | 'replace' | 'cancelList', placed: Placed | undefined): Command {
    const { dice } = this
    const place = places.find(({ market }) => market === placed?.market) ?? dice.pick(places)
    const of = { market: place.market, account: placed?.account ?? this.#account() }
    const id = placed?.id ?? this.#orders.id()
    const name = dice.once(8) ? { order: 1 + dice.below(this.#count * 2) } : { id }
    switch (kind) {
      case 'cancel':
        return { op: 'cancel', ...of, ...name }
      case 'amend':
        return { op: 'amend', ...of, ...name, ...this.#orders.amendment(place) }
      case 'replace': {
        const mode = dice.pick(['stopOnFailure', 'allowFailure'] as const)
        return this.#remember({ op: 'replace', ...of, cancel: name, mode, place: this.#orders.order(place) })
      }
      case 'cancelList':
        return { op: 'cancelList', ...of, id }
    }
  }

  #remember(command: PlaceCommand | PlaceListCommand | ReplaceCommand): Command {
    const { op, market, account } = command
    const orders = op === 'place' ? [command] : op === 'replace' ? [command.place] : command.orders
    // A list's id stands beside those of orders: what one name misses, the other command finds.
    const lasting = orders.filter((order) => !('timeInForce' in order) || order.timeInForce.startsWith('GT'))
    const ids = [...lasting, ...(op === 'placeList' ? [command] : [])].map(({ id }) => id)
    this.#placed.push(...ids.map((id) => ({ market, account, id })))
    if (this.#placed.length > 16) this.#placed.splice(0, this.#placed.length - 16)
    return command
  }

  #account(): number {
    return 1 + this.dice.below(this.#accounts)
  }
}

/** `count` commands after those that open markets and fund accounts. */
export function randomCommands(seed: number, count: number): Command[] {
  const stream = new Stream(seed)
  const commands = stream.begin()
  for (let n = 0; n < count; n++) {
    // Now and then a recent command comes again, as it does when its answer was lost.
    commands.push(stream.dice.once(20) ? commands.at(-1 - stream.dice.below(9))! : stream.next())
  }
  return commands
}

import { packError, unpackError, type ErrorWire } from './error-wire.ts'

type Callable = (...args: unknown[]) => unknown

/** How a function on the other side is called: for its answer, or only told. */
export type CallbackKind = 'ask' | 'tell'

/** What one side hands the other beyond what structured clone can carry, by number. */
export interface Handles {
  /** The number of a transaction, when `value` is one. */
  transactionId(value: Callable): number | undefined
  /** The transaction of a number. */
  transaction(id: number): unknown
  callback(id: number, kind: CallbackKind, args: unknown[]): unknown
  aborted(id: number): void
}

/** What was handed over with one call, to be taken back after it. */
export interface Trip {
  readonly functions: number[]
  readonly signals: number[]
  readonly stops: (() => void)[]
}

export function newTrip(): Trip {
  return { functions: [], signals: [], stops: [] }
}

const MARK = '@cambium'

type Mark =
  | readonly [kind: 'function' | 'transaction', id: number]
  | readonly ['signal', number, boolean]
  | readonly ['error', ErrorWire]

/**
 * Carries functions, abort signals, transactions and errors among plain values. Everything else is left to structured
 * clone, so that dates, maps, sets, big integers and bytes arrive as they are.
 */
export class Luggage {
  readonly #handles: Handles
  readonly #functions = new Map<number, Callable>()
  readonly #controllers = new Map<number, AbortController>()
  #count = 0

  constructor(handles: Handles) {
    this.#handles = handles
  }

  pack(value: unknown, trip: Trip, owner?: object): unknown {
    if (typeof value === 'function') return this.#packFunction(value as Callable, trip, owner)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((entry) => this.pack(entry, trip))
    if (value instanceof AbortSignal) return this.#packSignal(value, trip)
    if (value instanceof Error) return { [MARK]: ['error', packError(value)] satisfies Mark }
    if (isBuiltin(value)) return value
    const entries = membersOf(value).map((key) => {
      const member: unknown = Reflect.get(value, key)
      return [key, this.pack(member, trip, value)] as const
    })
    return Object.fromEntries(entries)
  }

  unpack(value: unknown, kind: CallbackKind, trip: Trip): unknown {
    if (typeof value !== 'object' || value === null || isBuiltin(value)) return value
    if (Array.isArray(value)) return value.map((entry) => this.unpack(entry, kind, trip))
    const mark = (value as Record<string, unknown>)[MARK] as Mark | undefined
    if (mark !== undefined) return this.#unpackMark(mark, kind, trip)
    const entries = Object.entries(value).map(([key, entry]) => [key, this.unpack(entry, kind, trip)])
    return Object.fromEntries(entries) as unknown
  }

  #unpackMark(mark: Mark, kind: CallbackKind, trip: Trip): unknown {
    switch (mark[0]) {
      case 'function':
        return (...args: unknown[]) => this.#handles.callback(mark[1], kind, args)
      case 'transaction':
        return this.#handles.transaction(mark[1])
      case 'error':
        return unpackError(mark[1])
      case 'signal': {
        const controller = new AbortController()
        if (mark[2]) controller.abort()
        this.#controllers.set(mark[1], controller)
        trip.signals.push(mark[1])
        return controller.signal
      }
    }
  }

  /** A function that was handed over is called by the other side. */
  run(id: number, args: unknown[]): unknown {
    const handed = this.#functions.get(id)
    if (!handed) throw new Error('What was handed over with a call is called after its end.')
    return handed(...args)
  }

  abort(id: number): void {
    this.#controllers.get(id)?.abort()
  }

  /** After a call: what was handed over with it is no longer there. */
  takeBack(trip: Trip): void {
    for (const id of trip.functions) this.#functions.delete(id)
    for (const id of trip.signals) this.#controllers.delete(id)
    for (const stop of trip.stops) stop()
  }

  /** The other side is gone: whoever works for it is told to stop. */
  abortAll(): void {
    for (const controller of this.#controllers.values()) controller.abort()
    this.#controllers.clear()
  }

  #packFunction(value: Callable, trip: Trip, owner: object | undefined): unknown {
    const transaction = this.#handles.transactionId(value)
    if (transaction !== undefined) return { [MARK]: ['transaction', transaction] satisfies Mark }
    this.#count += 1
    this.#functions.set(this.#count, owner ? (...args) => value.apply(owner, args) : value)
    trip.functions.push(this.#count)
    return { [MARK]: ['function', this.#count] satisfies Mark }
  }

  #packSignal(signal: AbortSignal, trip: Trip): unknown {
    this.#count += 1
    const id = this.#count
    const tell = (): void => this.#handles.aborted(id)
    signal.addEventListener('abort', tell, { once: true })
    trip.stops.push(() => signal.removeEventListener('abort', tell))
    return { [MARK]: ['signal', id, signal.aborted] satisfies Mark }
  }
}

const builtins = [Date, Map, Set, RegExp, ArrayBuffer]

function isBuiltin(value: object): boolean {
  return ArrayBuffer.isView(value) || builtins.some((builtin) => value instanceof builtin)
}

/** Own members, and the methods of its class: a follower may be an object of one. */
function membersOf(value: object): readonly string[] {
  const names = new Set(Object.keys(value))
  for (
    let prototype: unknown = Object.getPrototypeOf(value);
    typeof prototype === 'object' && prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const name of Object.getOwnPropertyNames(prototype)) if (name !== 'constructor') names.add(name)
  }
  return [...names]
}

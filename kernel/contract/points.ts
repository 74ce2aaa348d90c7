import type { Static, TSchema } from 'typebox'

/** A question that others may answer with a refusal before something is done. */
export interface FilterPoint<C extends TSchema = TSchema> {
  /** With its version, which changes when the context loses or narrows a member: `purchase.authorize@1`. */
  readonly name: string
  readonly title: string
  /** What every filter is told; an object. */
  readonly context: C
  /** What happens when a filter fails or is late: `open` goes on without it, `closed` refuses. */
  readonly onFailure: 'open' | 'closed'
  /** Of each filter. */
  readonly timeoutMs: number
}

export type ContextOf<P extends FilterPoint> = Static<P['context']>

/** Declares a point where filters are asked. */
export function filterPoint<C extends TSchema>(declaration: FilterPoint<C>): FilterPoint<C> {
  return Object.freeze(declaration)
}

/** A question that exactly one provider answers, whom the operator chooses. */
export interface StrategyPoint<Q extends TSchema = TSchema, A extends TSchema = TSchema> {
  /** With its version: `assets.price@1`. */
  readonly name: string
  readonly title: string
  readonly request: Q
  readonly answer: A
  /** 2,000 unless said. */
  readonly timeoutMs?: number
}

export type RequestOf<P extends StrategyPoint> = Static<P['request']>
export type AnswerOfStrategy<P extends StrategyPoint> = Static<P['answer']>

/** Declares a point with one provider. */
export function strategyPoint<Q extends TSchema, A extends TSchema>(
  declaration: StrategyPoint<Q, A>,
): StrategyPoint<Q, A> {
  return Object.freeze(declaration)
}

/** Something that happened, told to whoever listens after the transaction it happened in. */
export interface EventDeclaration<D extends TSchema = TSchema> {
  /** `spot.order.filled`: owner, what, and what became of it. */
  readonly name: string
  readonly title: string
  readonly data: D
}

export type EventData<E extends EventDeclaration> = Static<E['data']>

/** Declares an event. */
export function eventOf<D extends TSchema>(declaration: EventDeclaration<D>): EventDeclaration<D> {
  return Object.freeze(declaration)
}

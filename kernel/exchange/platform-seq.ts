import type { Command, EngineEvent, Outcome } from '@cambium/engine'

/**
 * Each engine counts from 1. The platform gives every shard a range of its own, so that a seq, and with it the id of an
 * order or a trade, is one number that names its shard too. The main shard's numbers are the engine's own.
 */
const SEQS_A_SHARD = 2 ** 46

/** Numbers from here on would no longer be exact. */
export const SHARD_NUMBER_MAX = 2 ** 7 - 1

export function firstSeqOf(shardNumber: number): number {
  return shardNumber * SEQS_A_SHARD
}

export function shardNumberOf(seq: number): number {
  return Math.floor(seq / SEQS_A_SHARD)
}

/** The fields of events and orders that count on the engine's sequence. */
const counted = ['seq', 'order', 'takerOrder', 'makerOrder', 'list'] as const

function shifted<T extends object>(value: T, by: number): T {
  if (by === 0) return value
  const copy = { ...value } as Record<string, unknown>
  for (const name of counted) {
    const number = copy[name]
    if (typeof number === 'number') copy[name] = number + by
  }
  return copy as T
}

/** What an engine says, in the platform's numbers. */
export function toPlatform<T extends EngineEvent | { readonly order: number }>(said: T, first: number): T {
  return shifted(said, first)
}

export function toPlatformOutcome(outcome: Outcome, first: number): Outcome {
  if (first === 0) return outcome
  const events = outcome.events.map((event) => shifted(event, first))
  return { ...outcome, seq: outcome.seq + first, events }
}

/** A command in the engine's own numbers. */
export function toEngine<C extends Command>(command: C, first: number): C {
  if (first === 0) return command
  if (command.op === 'replace') return { ...command, cancel: shifted(command.cancel, -first) }
  return command.op === 'cancel' || command.op === 'amend' ? shifted(command, -first) : command
}

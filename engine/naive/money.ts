/** Deposits, withdrawals and transfers. */
import type { TransferCommand, TransferInCommand } from '../messages/command.ts'
import type { Reason } from '../messages/event.ts'
import { amountEnd, exact, show, unitsIn } from './decimal.ts'
import { scaleDefault } from './market.ts'
import { reject } from './refusal.ts'
import { availableOf, balanceOf, say, type NaiveState } from './state.ts'

/** Why an account cannot be given or give this much of an asset of `scale`. */
function refusalOfAmount(amount: bigint, scale: number): Reason | undefined {
  if (amount === 0n) return 'amount_must_be_positive'
  const units = unitsIn(amount, scale)
  if (units === undefined) return 'amount_off_scale'
  return units < amountEnd ? undefined : 'overflow'
}

export function deposit(s: NaiveState, command: TransferInCommand): void {
  const { account, asset } = command
  const amount = exact(command.amount)
  const known = s.assets.get(asset) ?? { scale: command.scale ?? scaleDefault, total: 0n }
  const { scale } = known
  if ((command.scale ?? scale) !== scale) return reject(s, command, 'scale_must_match')
  const refusal = refusalOfAmount(amount, scale)
  if (refusal) return reject(s, command, refusal)
  if (unitsIn(known.total + amount, scale)! >= amountEnd) return reject(s, command, 'overflow')
  s.assets.set(asset, known)
  known.total += amount
  balanceOf(s, account, asset).available += amount
  say(s, { event: 'deposited', account, asset, amount: show(amount) })
}

/** Why an account cannot part with the amount. */
function refusalOfGiving(s: NaiveState, account: number, asset: string, amount: bigint): Reason | undefined {
  const refusal = refusalOfAmount(amount, s.assets.get(asset)?.scale ?? scaleDefault)
  return refusal ?? (availableOf(s, account, asset) < amount ? 'insufficient_funds' : undefined)
}

export function withdraw(s: NaiveState, command: TransferInCommand): void {
  const { account, asset } = command
  const amount = exact(command.amount)
  const refusal = refusalOfGiving(s, account, asset, amount)
  if (refusal) return reject(s, command, refusal)
  s.assets.get(asset)!.total -= amount
  balanceOf(s, account, asset).available -= amount
  say(s, { event: 'withdrawn', account, asset, amount: show(amount) })
}

export function transfer(s: NaiveState, command: TransferCommand): void {
  const { from, to, asset } = command
  const amount = exact(command.amount)
  const refusal = from === to ? 'accounts_must_be_different' : refusalOfGiving(s, from, asset, amount)
  if (refusal) return reject(s, command, refusal)
  balanceOf(s, from, asset).available -= amount
  balanceOf(s, to, asset).available += amount
  say(s, { event: 'transferred', from, to, asset, amount: show(amount) })
}

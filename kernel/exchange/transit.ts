import type { Knex } from 'knex'
import type { TruthLine } from '../ledger/index.ts'
import { amount } from '../money/index.ts'
import { transitAccountId } from './accounts.ts'
import { lastSeq } from './outcome.ts'
import { unsettledTransfers, type ClosableTransfer } from './transfer-table.ts'
import type { TransferDesk } from './transfers.ts'

/** The shards and the seq of each up to which the ledger has settled. */
type Moment = ReadonlyMap<string, number>

/** True when the engine did it and the ledger has settled that. */
async function isSettled(
  desk: TransferDesk,
  transfer: ClosableTransfer,
  { op, seqMax }: { op: 'deposit' | 'withdraw'; seqMax: number },
): Promise<boolean> {
  if (transfer.state !== 'open') return (transfer.seq ?? Infinity) <= seqMax
  // An open transfer is asked of the engine by repeating its command, which is what recovery would do anyway.
  const outcome = await desk.command(transfer, op)
  return outcome.events[0]?.event !== 'rejected' && lastSeq(outcome) <= seqMax
}

/** The shard in whose transit account the transfer's funds are at that moment; undefined when they are at home. */
async function whereInTransit(
  desk: TransferDesk,
  transfer: ClosableTransfer,
  moment: Moment,
): Promise<string | undefined> {
  const { source, target, sourceShard, targetShard, leg, state } = transfer
  // What was refused has left transit with the row that says so.
  if (state === 'refused') return undefined
  if (source === 'spot' && leg === 1) {
    if (state === 'done') return undefined
    const seqMax = moment.get(sourceShard) ?? 0
    return (await isSettled(desk, transfer, { op: 'withdraw', seqMax })) ? sourceShard : undefined
  }
  if (target !== 'spot') return undefined
  const seqMax = moment.get(targetShard) ?? 0
  return (await isSettled(desk, transfer, { op: 'deposit', seqMax })) ? undefined : targetShard
}

/** What must be in the transit accounts when the ledger has settled everything up to `moment`, by the rows `trx` sees. */
export async function inTransit(
  desk: TransferDesk,
  trx: Knex.Transaction,
  moment: Moment,
): Promise<TruthLine[]> {
  const lines = new Map<string, TruthLine>()
  for (const transfer of await unsettledTransfers(trx, moment)) {
    const shard = await whereInTransit(desk, transfer, moment)
    if (shard === undefined) continue
    const { assetId } = transfer
    const accountId = transitAccountId(shard)
    const before = lines.get(`${accountId} ${assetId}`)?.amount ?? 0n
    lines.set(`${accountId} ${assetId}`, { accountId, assetId, amount: amount(before + transfer.amount) })
  }
  return [...lines.values()]
}

import type { Barrier, ExternalTruth, Ledger, TruthLine } from '../ledger/index.ts'
import { amount, parseAmount } from '../money/index.ts'
import { feeAccountId, spotAccountId, transitAccountId, type EngineAccounts } from './accounts.ts'
import type { Progress } from './progress.ts'
import { exchangeRefusals } from './refusals.ts'
import { settlementName, type Settlement } from './settlement.ts'
import { ownName, type Shard, type Shards } from './shards.ts'
import type { TransferDesk } from './transfers.ts'
import { inTransit } from './transit.ts'

const SETTLED_WITHIN_MS = 30_000

export interface BarrierParts {
  readonly ledger: Ledger
  readonly shards: Shards
  readonly accounts: EngineAccounts
  /** Of each shard, by its name. */
  readonly settlements: ReadonlyMap<string, Settlement>
  readonly transfers: TransferDesk
  readonly progress: Progress
}

const tradingAccount = /^(fees:spot|user:[^/]+\/spot)(@.*)?$/

/** What an engine has of everybody, under the names of the ledger's accounts. */
async function truthOf(
  { ledger, accounts }: BarrierParts,
  { name, link }: Shard,
): Promise<{ seq: number; lines: TruthLine[] }> {
  const assets = await ledger.assets()
  const { seq, balances } = await link.balances()
  const lines: TruthLine[] = []
  for (const { account, asset, available, held } of balances) {
    const owner = account === 0 ? undefined : await accounts.findUser(account)
    // An account that is nobody's here equals no ledger account, and so shows as a break.
    const stranger = account === 0 ? feeAccountId(name) : ownName(`engine:${account}`, name)
    const accountId = owner === undefined ? stranger : spotAccountId(owner, name)
    const scale = assets.get(asset)?.scale ?? 0
    const units = parseAmount(available, scale) + parseAmount(held, scale)
    lines.push({ accountId, assetId: asset, amount: amount(units) })
  }
  return { seq, lines }
}

/** Brings a shard's settlement to exactly the sequence of its engine's balances and keeps it there. */
async function settledTruth(parts: BarrierParts, shard: Shard): Promise<{ seq: number; lines: TruthLine[] }> {
  const { progress, settlements } = parts
  const settlement = settlements.get(shard.name) as Settlement
  const name = settlementName(shard)
  // Held where it is before the engine is asked, so that it cannot pass the answer's sequence.
  settlement.holdAt(progress.seqOf(name) ?? 0)
  const truth = await truthOf(parts, shard)
  settlement.holdAt(truth.seq)
  const isThere = await progress.until(name, truth.seq, SETTLED_WITHIN_MS)
  if (!isThere) throw exchangeRefusals.settlement_is_behind({ seq: truth.seq })
  return truth
}

/** All of them, or the first failure, but only once none is under way any more: they hold settlements. */
async function allOf<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work)
  return Promise.all(work)
}

/** Brings the ledger to exactly the sequences of the engines' balances and keeps it there for a comparison. */
export function createBarrier(parts: BarrierParts): Barrier {
  const { shards, settlements, transfers } = parts
  const transitAccounts = (): Set<string> => new Set(shards.all.map(({ name }) => transitAccountId(name)))
  let last: Promise<unknown> = Promise.resolve()
  return (compare) => {
    const current = last.then(async () => {
      try {
        const truths = await allOf(shards.all.map((shard) => settledTruth(parts, shard)))
        const moment = new Map(shards.all.map(({ name }, index) => [name, truths[index]?.seq ?? 0]))
        const transit = transitAccounts()
        const truth: ExternalTruth = {
          lines: truths.flatMap(({ lines }) => lines),
          covers: (accountId) => tradingAccount.test(accountId),
          isTransit: (accountId) => transit.has(accountId),
          transit: (trx) => inTransit(transfers, trx, moment),
        }
        return await compare(truth)
      } finally {
        for (const settlement of settlements.values()) settlement.letGo()
      }
    })
    last = current.catch(() => undefined)
    return current
  }
}

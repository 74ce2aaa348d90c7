import type { Barrier, ExternalTruth, Ledger, TruthLine } from '../ledger/index.ts'
import { amount, parseAmount } from '../money/index.ts'
import { feeAccountId, transitAccountId, walletAccountId, type EngineAccounts } from './accounts.ts'
import type { EngineLink } from './engine-link.ts'
import type { Progress } from './progress.ts'
import { exchangeRefusals } from './refusals.ts'
import { settlementName, type Settlement } from './settlement.ts'
import type { TransferDesk } from './transfers.ts'

const SETTLED_WITHIN_MS = 30_000

export interface BarrierParts {
  readonly ledger: Ledger
  readonly link: EngineLink
  readonly accounts: EngineAccounts
  readonly settlement: Settlement
  readonly transfers: TransferDesk
  readonly progress: Progress
}

function isTradingAccount(accountId: string): boolean {
  return accountId === feeAccountId || (accountId.startsWith('user:') && accountId.endsWith('/spot'))
}

async function engineTruth({
  ledger,
  link,
  accounts,
  transfers,
}: BarrierParts): Promise<ExternalTruth & { seq: number }> {
  const assets = await ledger.assets()
  const { seq, balances } = await link.read((client) => client.balances())
  const lines: TruthLine[] = []
  for (const { account, asset, available, held } of balances) {
    const owner = account === 0 ? undefined : await accounts.findUser(account)
    // An account that is nobody's here equals no ledger account, and so shows as a break.
    const stranger = account === 0 ? feeAccountId : `engine:${account}`
    const accountId = owner === undefined ? stranger : walletAccountId(owner, 'spot')
    const scale = assets.get(asset)?.scale ?? 0
    const units = parseAmount(available, scale) + parseAmount(held, scale)
    lines.push({ accountId, assetId: asset, amount: amount(units) })
  }
  return {
    seq,
    lines,
    covers: isTradingAccount,
    isTransit: (accountId) => accountId === transitAccountId,
    transit: (trx) => transfers.inTransit(trx, seq),
  }
}

/** Brings the ledger to exactly the sequence of the engine's balances and keeps it there for a comparison. */
export function createBarrier(parts: BarrierParts): Barrier {
  const { settlement, progress } = parts
  let last: Promise<unknown> = Promise.resolve()
  return (compare) => {
    const current = last.then(async () => {
      // Held where it is before the engine is asked, so that it cannot pass the answer's sequence.
      settlement.holdAt(progress.seqOf(settlementName) ?? 0)
      try {
        const truth = await engineTruth(parts)
        settlement.holdAt(truth.seq)
        const isThere = await progress.until(settlementName, truth.seq, SETTLED_WITHIN_MS)
        if (!isThere) throw exchangeRefusals.settlement_is_behind({ seq: truth.seq })
        return await compare(truth)
      } finally {
        settlement.letGo()
      }
    })
    last = current.catch(() => undefined)
    return current
  }
}

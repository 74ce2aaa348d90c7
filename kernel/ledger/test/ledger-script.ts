import assert from 'node:assert/strict'
import type { Knex } from 'knex'
import { transaction } from '../../database/index.ts'
import { formatAmount, parseAmount, type Amount } from '../../money/index.ts'
import type { LedgerPlace } from './ledger-place.ts'

const farFuture = new Date('2100-01-01')
const nearFuture = new Date('2099-01-01')
const SCALE = 8

/** `alice/USDT` is asset USDT on `user:alice/funding`; names with a colon are accounts as they stand. */
function account(text: string): { accountId: string; assetId: string } {
  const slash = text.lastIndexOf('/')
  const name = text.slice(0, slash)
  return { accountId: name.includes(':') ? name : `user:${name}/funding`, assetId: text.slice(slash + 1) }
}

interface Step {
  readonly words: readonly string[]
  /** Words after `as`, e.g. the idempotency key. */
  readonly key: string
}

/**
 * Plays a scenario, one step a line, each in its own transaction; a refusal expected of a step is its last word.
 *
 *   post alice/USDT -> bob/USDT 5 as K       hold H alice/USDT 3          hold H alice/USDT 3 expiring
 *   capture H -> bob/USDT 2                  release H                    expire
 *   alice/USDT available 2 held 3
 */
export async function play(place: LedgerPlace, script: string): Promise<void> {
  const holds = new Map<string, string>()
  let line = 0
  for (const text of script.split('\n')) {
    const words = (text.split('#')[0] ?? '').trim().split(/\s+/)
    line += 1
    if (words[0] === '') continue
    const refusal = words.at(-1)?.startsWith('ledger.') ? words.pop() : undefined
    const as = words.indexOf('as')
    const key = as < 0 ? `${script.length}:${line}:${Math.random()}` : words.splice(as, 2)[1]!
    const refused = await refusalOf(() => step(place, holds, { words, key }))
    assert.equal(refused, refusal, `line ${line}: ${text.trim()}`)
  }
  const { balanced, breaks } = await place.ledger.check()
  assert.ok(balanced, JSON.stringify(breaks))
}

async function refusalOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof Error && 'type' in error) return String(error.type)
    throw error
  }
}

async function step(place: LedgerPlace, holds: Map<string, string>, { words, key }: Step): Promise<void> {
  const { ledger, database } = place
  const [verb, first = '', second = '', third = '', fourth = ''] = words
  if (second === '' && verb === 'expire') {
    await ledger.expireHolds(farFuture)
  } else if (verb === 'post') {
    const posting = move(account(first), account(third), fourth)
    await transaction(database, (trx) => ledger.post(trx, [{ key, kind: 'test.move', postings: [posting] }]))
  } else if (verb === 'hold') {
    await transaction(database, async (trx) => {
      const amount = parseAmount(third, SCALE)
      const request = { key: first, ...account(second), amount, reason: 'test' }
      const isExpiring = fourth === 'expiring'
      const hold = await ledger.placeHold(trx, {
        ...request,
        ...(isExpiring ? { expiresAt: nearFuture } : {}),
      })
      holds.set(first, hold.id)
    })
  } else if (verb === 'capture' || verb === 'release') {
    const holdId = holds.get(first) ?? '0'
    await transaction(database, async (trx) => {
      if (verb === 'release') return ledger.releaseHold(trx, holdId)
      const posting = move(await holdSource(trx, holdId), account(third), fourth)
      return ledger.captureHold(trx, holdId, { key, kind: 'test.capture', postings: [posting] })
    })
  } else {
    await expectBalance(place, account(verb ?? ''), `${first} ${second} ${third} ${fourth}`)
  }
}

function move(
  source: { accountId: string; assetId: string },
  target: { accountId: string },
  amount: string,
): { source: string; target: string; assetId: string; amount: Amount } {
  const { accountId, assetId } = source
  return { source: accountId, target: target.accountId, assetId, amount: parseAmount(amount, SCALE) }
}

async function holdSource(
  trx: Knex.Transaction,
  id: string,
): Promise<{ accountId: string; assetId: string }> {
  const row = await trx<{ id: string; account_id: string; asset_id: string }>('ledger_holds')
    .where({ id })
    .first()
  return { accountId: row?.account_id ?? 'user:nobody/funding', assetId: row?.asset_id ?? 'USDT' }
}

async function expectBalance(
  { ledger }: LedgerPlace,
  { accountId, assetId }: { accountId: string; assetId: string },
  expected: string,
): Promise<void> {
  const balances = await ledger.balances([accountId])
  const found = balances.find((balance) => balance.assetId === assetId)
  const format = (value: Amount): string => formatAmount(value, SCALE)
  const actual = found ? `available ${format(found.available)} held ${format(found.held)}` : 'none'
  assert.equal(actual, expected, `${accountId} ${assetId}`)
}

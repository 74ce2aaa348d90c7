/** What accounts are to the engine beside their balances: fee tiers, trade groups, discounts and guards. */
import { accountBits } from './balance.ts'
import { nameOf } from '../messages/command-record.ts'
import { marketAt, rejectNotFound } from './order.ts'
import { writeAccount, writeFeeTier, writeGuarded } from './setting-event.ts'
import type { AccountRecord, EngineState, FeeTierTerms } from './state.ts'
import * as layout from './layout.ts'
import * as memory from './memory.ts'
import * as records from '../messages/records.ts'

const { f, i } = memory
const { ASSET_BITS, FEES, MARKETS_AT, MARKET_WORDS, ROW_ASSET } = layout
const {
  COMMAND_ACCOUNT,
  COMMAND_DECIMALS,
  COMMAND_HEAD,
  COMMAND_MARKET,
  COMMAND_PRICE,
  COMMAND_VALUE,
  FLAG_DISCOUNT,
  FLAG_DISCOUNT_ON,
  FLAG_FEE_TIER,
  FLAG_TRADE_GROUP,
  OP_FEE_TIER,
} = records

const TIERS = 16
const EVERY_MARKET = -1

export function setAccount(s: EngineState, at: number): void {
  const account = i[at + COMMAND_ACCOUNT]!
  const flags = i[at + COMMAND_HEAD]! >>> 24
  const record: AccountRecord = s.accounts.get(account) ?? { feeTier: 0, tradeGroup: 0, discount: false }
  if (flags & FLAG_FEE_TIER) record.feeTier = i[at + COMMAND_PRICE]!
  if (flags & FLAG_TRADE_GROUP) record.tradeGroup = i[at + COMMAND_DECIMALS]!
  if (flags & FLAG_DISCOUNT) record.discount = (flags & FLAG_DISCOUNT_ON) !== 0
  s.accounts.set(account, record)
  for (const row of s.rowsByAccount.get(account) ?? []) {
    i[row + ROW_ASSET] = (i[row + ROW_ASSET]! & ASSET_BITS) | accountBits(record)
  }
  writeAccount(account, record)
}

export function setFeeTier(s: EngineState, at: number): void {
  const market = i[at + COMMAND_MARKET]!
  const isNamed = market >= 0 || nameOf(s, at) !== ''
  if (isNamed && marketAt(market) === 0) return rejectNotFound(at, OP_FEE_TIER)
  const terms: FeeTierTerms = {
    tier: f[(at + COMMAND_VALUE) >> 1]!,
    market: isNamed ? market : EVERY_MARKET,
    makerFeePpm: i[at + COMMAND_PRICE]!,
    takerFeePpm: i[at + COMMAND_DECIMALS]!,
  }
  const known = s.feeTiers.findIndex((other) => other.tier === terms.tier && other.market === terms.market)
  if (known < 0) s.feeTiers.push(terms)
  else s.feeTiers[known] = terms
  for (const { index } of s.markets) setRates(s, index)
  writeFeeTier(terms)
}

/** Puts the fees in force where trades read them: a tier's own in the market, or its general ones, or the market's. */
export function setRates(s: EngineState, index: number): void {
  const { terms } = s.markets[index]!
  const rates = MARKETS_AT + index * MARKET_WORDS + FEES
  for (let tier = 0; tier < TIERS; tier++) {
    const ofTier = s.feeTiers.filter((other) => other.tier === tier)
    const own = ofTier.find(({ market }) => market === index)
    const general = ofTier.find(({ market }) => market === EVERY_MARKET)
    const { makerFeePpm, takerFeePpm } = own ?? general ?? terms
    i[rates + tier * 2] = makerFeePpm
    i[rates + tier * 2 + 1] = takerFeePpm
  }
}

export function setGuard(s: EngineState, at: number): void {
  const account = i[at + COMMAND_ACCOUNT]!
  const session = f[(at + COMMAND_VALUE) >> 1]!
  if (session === 0) s.guards.delete(account)
  else s.guards.set(account, session)
  writeGuarded(account, session)
}

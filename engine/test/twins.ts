/** The two engines that every rule is tested on, and what must hold of either after any scenario. */
import assert from 'node:assert/strict'
import type { Command } from '../messages/command.ts'
import type { Outcome } from '../messages/event.ts'
import { SEQ_NEXT } from '../core/layout.ts'
import { exact, show } from '../naive/naive-book.ts'
import { NaiveEngine } from '../naive/naive-engine.ts'
import { readBalances, readMarkets, readOpenOrders } from '../core/reads.ts'
import { createSession } from '../core/session.ts'
import type { StateDump } from '../core/state-hash.ts'

export interface Twin {
  readonly name: string
  execute(command: Command): Outcome
  dump(): StateDump
}

/** Small, so that a test that makes many costs little; no scenario comes near these. */
export const limitsSmall = { orders: 4096, levels: 4096, nodes: 512, rows: 1024, markets: 16, keys: 64 }

export function createFast(): Twin {
  const { state, execute } = createSession(limitsSmall)
  const dump = (): StateDump => ({
    seqNext: state.f[SEQ_NEXT >> 1]!,
    markets: readMarkets(state),
    balances: readBalances(state),
    orders: readOpenOrders(state),
  })
  return { name: 'fast', execute, dump }
}

export function createNaive(): Twin {
  const engine = new NaiveEngine({ keys: limitsSmall.keys })
  return {
    name: 'naive',
    execute: (command) => engine.execute(command),
    dump: () => engine.dump(),
  }
}

export const twins: readonly (() => Twin)[] = [createFast, createNaive]

/** Money is only ever moved: what was deposited and not withdrawn is there, and what is held is what open orders need. */
export function assertConserved(dump: StateDump, outcomes: readonly Outcome[]): void {
  const due = new Map<string, bigint>()
  for (const { events, duplicate } of outcomes) {
    for (const event of duplicate ? [] : events) {
      if (event.event !== 'deposited' && event.event !== 'withdrawn') continue
      const amount = exact(event.amount) * (event.event === 'deposited' ? 1n : -1n)
      due.set(event.asset, (due.get(event.asset) ?? 0n) + amount)
    }
  }
  const held = new Map<string, bigint>()
  for (const order of dump.orders) {
    const terms = dump.markets.find(({ market }) => market === order.market)!
    const leaves = exact(order.leaves)
    const amount = order.side === 'buy' ? (leaves * exact(order.price)) / exact('1') : leaves
    const key = `${order.account} ${order.side === 'buy' ? terms.quote : terms.base}`
    held.set(key, (held.get(key) ?? 0n) + amount)
  }
  const there = new Map<string, bigint>()
  for (const balance of dump.balances) {
    const { account, asset } = balance
    assert.ok(!balance.available.startsWith('-'), `account ${account} has ${balance.available} ${asset}`)
    assert.equal(
      balance.held,
      show(held.get(`${account} ${asset}`) ?? 0n),
      `held by account ${account} in ${asset}`,
    )
    there.set(asset, (there.get(asset) ?? 0n) + exact(balance.available) + exact(balance.held))
  }
  for (const [asset, amount] of due) assert.equal(show(there.get(asset) ?? 0n), show(amount), `all ${asset}`)
}

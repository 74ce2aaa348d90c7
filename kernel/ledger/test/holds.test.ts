import { openLedgerPlace, type LedgerPlace } from './ledger-place.ts'
import { play } from './ledger-script.ts'

describe('hold', () => {
  let place: LedgerPlace
  before(async () => {
    place = await openLedgerPlace()
  })
  after(() => place.close())

  it('sets funds aside that stay their owner’s and cannot be spent', () =>
    play(
      place,
      `
      post external:test/USDT -> alice/USDT 10
      hold H1 alice/USDT 6
      alice/USDT available 4 held 6
      post alice/USDT -> bob/USDT 5               ledger.insufficient_funds
      hold H2 alice/USDT 4.5                      ledger.insufficient_funds
      alice/USDT available 4 held 6
    `,
    ))

  it('is placed once under its key', () =>
    play(
      place,
      `
      post external:test/USDT -> carol/USDT 10
      hold C1 carol/USDT 6
      hold C1 carol/USDT 6
      carol/USDT available 4 held 6
      hold C1 carol/USDT 2                        ledger.idempotency_conflict
    `,
    ))

  it('is captured up to its amount, and the rest is released', () =>
    play(
      place,
      `
      post external:test/USDT -> dave/USDT 10
      hold D1 dave/USDT 6
      capture D1 -> fees:test/USDT 7              ledger.exceeds_hold
      capture D1 -> fees:test/USDT 2 as capture-D1
      dave/USDT available 8 held 0
      capture D1 -> fees:test/USDT 2 as capture-D1
      dave/USDT available 8 held 0
      capture D1 -> fees:test/USDT 1              ledger.hold_already_captured
      release D1                                  ledger.hold_already_captured
    `,
    ))

  it('is released once', () =>
    play(
      place,
      `
      post external:test/BTC -> erin/BTC 1
      hold E1 erin/BTC 1
      release E1
      release E1
      erin/BTC available 1 held 0
      capture E1 -> fees:test/BTC 1               ledger.hold_already_released
      release NONE                                ledger.hold_not_found
    `,
    ))

  it('expires when it is due, exactly once, and only then', () =>
    play(
      place,
      `
      post external:test/BTC -> fay/BTC 3
      hold F1 fay/BTC 1 expiring
      hold F2 fay/BTC 1
      expire
      expire
      fay/BTC available 2 held 1
      release F1                                  ledger.hold_expired
      capture F1 -> fees:test/BTC 1               ledger.hold_expired
    `,
    ))
})

import { occurrences, refuseAny, type Source, sources } from './sources.ts'

const isTest = ({ file }: Source) => /(^|\/)(test|bench)\//.test(file)

describe('money', () => {
  it('is never a number', () => {
    const money = sources(/^kernel\/(money|ledger|wallets)\/.*\.ts$/).filter((source) => !isTest(source))
    const amounts =
      /\b\w*(amount|balance|available|held|debit|credit|price|quantity|fee|notional)s?\??: (readonly )?number\b/i
    refuseAny(occurrences(money, amounts), 'An amount is an Amount in code and a decimal string on the wire.')
  })

  it('is stored in columns that are exact', () => {
    refuseAny(
      occurrences(sources(/(^|\/)migrations\/.*\.ts$/), /\.(float|double)\(|\b(FLOAT|DOUBLE)\b/),
      'Store amounts as DECIMAL(38,0) in the smallest unit.',
    )
  })
})

describe('events', () => {
  it('leave after the commit, by the outbox alone', () => {
    const emitters = sources(/^(kernel|plugins)\/.*\.ts$/).filter(
      (source) => !isTest(source) && !source.file.startsWith('kernel/broker/'),
    )
    refuseAny(
      occurrences(emitters, /\b(broker|moleculer|ctx)\.(emit|broadcast)\(/),
      'An event sent before the commit can announce what never happened: publish it through the broker’s outbox.',
    )
  })
})

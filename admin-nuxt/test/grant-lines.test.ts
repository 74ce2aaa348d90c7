import assert from 'node:assert/strict'
import { grantItems, grantLines } from '../app/composables/grant-lines.ts'

const host = (value: string) => ({ grant: 'outboundHosts', value })

describe('grant lines', () => {
  it('put what weighs most first and name what is new and what is gone', () => {
    const asked = [
      host('b.example'),
      { grant: 'sockets', value: null },
      { grant: 'ledgerAccounts', value: 'fees:x' },
    ]
    const lines = grantLines(asked, {
      added: [host('b.example'), { grant: 'sockets', value: null }],
      removed: [host('a.example')],
    })
    assert.deepEqual(lines, [
      { id: 'ledgerAccounts', change: null, names: [{ name: 'fees:x', change: null }] },
      {
        id: 'outboundHosts',
        change: null,
        names: [
          { name: 'b.example', change: 'added' },
          { name: 'a.example', change: 'removed' },
        ],
      },
      { id: 'sockets', change: 'added', names: [] },
    ])
  })

  it('read the grants of a manifest, leaving out what is not asked for', () => {
    assert.deepEqual(grantItems({ ledgerAccounts: ['fees:x'], engineMarkets: true, sockets: false }), [
      { grant: 'ledgerAccounts', value: 'fees:x' },
      { grant: 'engineMarkets', value: null },
    ])
  })
})

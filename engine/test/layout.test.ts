import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { limitsDefault } from '../core/layout.ts'
import { createSession } from '../core/session.ts'
import { layoutMark, partsOf, sections } from '../journal/state-tables.ts'
import { randomCommands } from './random-commands.ts'

const limits = { ...limitsDefault, orders: 4096, rows: 1024, markets: 16, keys: 1024, hashSeed: 7 }
/** What the mark was when the bytes of the state below had this digest. */
const known = { mark: '3ecf31c529fa64a7', digest: '747aa843c862032f' }

describe('layout of the memory', () => {
  it('has another mark whenever the same commands leave other bytes in it', () => {
    const session = createSession(limits)
    for (const command of randomCommands(5, 3000)) session.execute(command)
    const digest = createHash('sha256')
    for (const { section, offset, bytes } of partsOf(session.state)) {
      // Node's own form of objects is not of this layout.
      if (sections[section] !== 'plain') digest.update(`${section} ${offset} `).update(bytes)
    }
    const found = { mark: layoutMark(limits), digest: digest.digest('hex').slice(0, 16) }
    assert.deepEqual(
      found,
      known,
      'if only the digest differs, raise STRUCTURE in layout.ts; then write both here',
    )
  })
})

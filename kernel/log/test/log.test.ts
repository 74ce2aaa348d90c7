import assert from 'node:assert/strict'
import { createTracing } from '../../tracing/index.ts'
import { linesOfRequest, quietLogger } from '../index.ts'

describe('log lines', () => {
  it('have the id of the request they were said in, the plugin, and no secrets', async () => {
    const tracing = createTracing()
    const log = quietLogger('oak')
    const id = await tracing.begin('GET /oak', { kind: 'request' }, async ({ requestId }) => {
      await Promise.resolve()
      log.error('could not reach mysql://oak:hunter22@127.0.0.1/oak', {
        plugin: 'spot',
        password: 'hunter22',
        account: { apiKey: 'hunter22', name: 'ash' },
        error: new Error('Authorization: Bearer hunter22hunter22'),
      })
      return requestId
    })
    await tracing.stop()
    const [line] = linesOfRequest(id)
    assert.equal(line?.plugin, 'spot')
    assert.equal(line?.level, 'error')
    assert.deepEqual((line?.data?.account as { name: string }).name, 'ash')
    assert.doesNotMatch(JSON.stringify(line), /hunter22/)
  })
})

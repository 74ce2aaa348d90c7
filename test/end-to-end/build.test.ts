import assert from 'node:assert/strict'
import { buildApps } from '../../kernel/setup/build.ts'
import { silentProgress } from '../../kernel/setup/index.ts'

describe('the built frontends', () => {
  // The run has built them already; a build must not count among its own sources.
  it('are not built again when nothing changed', async () => {
    const steps: string[] = []
    await buildApps({
      ...silentProgress,
      step: (name) => {
        steps.push(name)
        return Promise.reject(new Error(`${name} again`))
      },
    })
    assert.deepEqual(steps, [])
  })
})

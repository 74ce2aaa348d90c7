/** `@cambium/kernel/testing` as authors install it: the platform it starts is that of a checkout. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const checkout = process.env.CAMBIUM_CHECKOUT
const file = path.resolve(checkout ?? '', 'kernel/testing/index.ts')
if (checkout === undefined || !existsSync(file)) {
  throw new Error(
    `CAMBIUM_CHECKOUT ${checkout === undefined ? 'is not set' : `is ${checkout}, which holds no Cambium`}: ` +
      'tests of a plugin on a platform need a checkout of Cambium that was started once, and its folder named there.',
  )
}
// At once, not awaited: mocha loads tests that way.
const testing = createRequire(import.meta.url)(file) as typeof import('../testing/index.ts')

export const { createTestKernel, testPlugin, testServices } = testing

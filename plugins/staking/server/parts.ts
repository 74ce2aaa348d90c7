import type { PluginKernel } from '@cambium/kernel'
import type { PoolDesk } from './pool-desk.ts'

/** What the handlers and jobs of one generation work with. */
export interface StakingParts {
  readonly kernel: PluginKernel
  readonly desk: PoolDesk
}

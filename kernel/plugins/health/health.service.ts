import { implement, type Implementation } from '../../broker/index.ts'
import { listHealth, readLog, showHealth } from '../routes/health.ts'
import type { Health } from './health.ts'

const LINES = 200

/** The code behind the routes of plugins' health. */
export function healthImplementations(health: Health): readonly Implementation<never>[] {
  const implementations = [
    implement(listHealth, async () => ({ items: [...health.list()] })),
    implement(showHealth, async ({ params }) => health.show(params.pluginId)),
    implement(readLog, async ({ params: { pluginId, limit = LINES } }) => ({
      items: [...health.lines(pluginId, limit)],
    })),
  ]
  return implementations as unknown as readonly Implementation<never>[]
}

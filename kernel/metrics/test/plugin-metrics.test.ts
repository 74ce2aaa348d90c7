import assert from 'node:assert/strict'
import { Registry } from 'prom-client'
import { metricOf } from '../../contract/index.ts'
import { disablePlugin } from '../../plugins/routes.ts'
import { createTestKernel } from '../../testing/index.ts'
import { createPluginMetrics } from '../index.ts'

const opened = metricOf({
  name: 'shop.ordersOpened',
  kind: 'counter',
  title: 'Orders',
  labels: { kind: ['one', 'two'] },
})
const depth = metricOf({ name: 'shop.queueDepth', kind: 'gauge', title: 'Depth' })

describe('metrics of plugins', function () {
  this.timeout(60_000)

  it('take only what was declared, and count on when the plugin is replaced', async () => {
    const registry = new Registry()
    const metrics = createPluginMetrics(registry)
    metrics.publish('shop', [opened, depth])
    metrics.record('shop', 'shop.ordersOpened', { kind: 'one' }, 2)
    metrics.record('shop', 'shop.ordersOpened', { kind: 'three' }, 1)
    metrics.record('shop', 'shop.ordersOpened', { kind: 'one', user: '42' }, 1)
    metrics.record('shop', 'shop.ordersOpened', { kind: 'one' }, -5)
    metrics.record('shop', 'shop.none', {}, 1)
    metrics.record('other', 'shop.queueDepth', {}, 1)
    metrics.publish('shop', [opened])
    metrics.record('shop', 'shop.ordersOpened', { kind: 'one' }, 1)
    const text = await registry.metrics()
    assert.match(text, /^cambium_shop_orders_opened_total\{kind="one"\} 3$/m)
    assert.equal(/three|user|queue_depth/.test(text), false)
    metrics.withdraw('shop')
    assert.equal((await registry.metrics()).trim(), '')
  })

  it('stand in /metrics as long as the plugin is enabled', async () => {
    const kernel = await createTestKernel({ plugins: ['staking'] })
    try {
      const exposed = async () => (await fetch(`${kernel.origin}/metrics`)).text()
      assert.match(await exposed(), /^# TYPE cambium_staking_stakes_opened_total counter$/m)
      await kernel.call(disablePlugin, { pluginId: 'staking' })
      assert.equal((await exposed()).includes('cambium_staking'), false)
    } finally {
      await kernel.stop()
    }
  })
})

import assert from 'node:assert/strict'
import type { Component } from 'vue'
import type { UiManifest, UiPlugin } from '@cambium/kernel/ui-manifest'
import { createPluginHost, slotPlace, type HostFailure, type PluginHost } from '../app/host/plugin-host.ts'
import type { PluginModule } from '../app/host/plugin-module.ts'

const dashboard = 'portal.dashboard@1'

function plugin(id: string, hash: string, changes: Partial<UiPlugin> = {}): UiPlugin {
  return {
    id,
    name: id,
    version: '1.0.0',
    hash,
    module: `/_plugins/${id}/${hash}/module.js`,
    css: null,
    ssr: null,
    integrity: { module: '', ssr: null },
    titles: {},
    pages: [{ id: 'home', path: `/${id}`, title: 'home', component: 'Home' }],
    navigation: [{ page: 'home', title: 'home', icon: 'i', section: 'trade', order: 100 }],
    slots: [{ slot: dashboard, id: 'card', component: 'Card', order: 100 }],
    ...changes,
  }
}

function manifest(
  revision: number,
  plugins: readonly UiPlugin[],
  stylesheet: string | null = null,
): UiManifest {
  return { app: 'portal', revision, stylesheet, plugins }
}

interface World {
  readonly host: PluginHost
  readonly loaded: string[]
  readonly log: string[]
  readonly failures: HostFailure[]
  /** Modules that wait for `open`. */
  readonly held: Map<string, () => void>
  readonly broken: Set<string>
  hold(hash: string): void
}

function world(): World {
  const loaded: string[] = []
  const log: string[] = []
  const failures: HostFailure[] = []
  const held = new Map<string, () => void>()
  const waits = new Map<string, Promise<void>>()
  const broken = new Set<string>()
  const card = (hash: string): Component => ({ name: hash })
  const host = createPluginHost({
    async loadModule({ hash }): Promise<PluginModule> {
      loaded.push(hash)
      await waits.get(hash)
      if (broken.has(hash)) throw new Error(`${hash} is broken`)
      const open = () => Promise.resolve({ default: card(hash) })
      return { components: { Card: open, Home: open }, locales: {} }
    },
    onModule: () => undefined,
    loadStylesheet: (href) => Promise.resolve(void log.push(`sheet ${href}`)),
    onActivated: ({ id, hash }, previous) =>
      void log.push(`on ${id}@${hash} after ${previous?.hash ?? 'none'}`),
    onRemoved: ({ id }) => void log.push(`off ${id}`),
    report: (failure) => void failures.push(failure),
  })
  const hold = (hash: string): void => {
    waits.set(hash, new Promise((resolve) => held.set(hash, resolve)))
  }
  return { host, loaded, log, failures, held, broken, hold }
}

const hashes = (host: PluginHost): string[] =>
  host.slots(dashboard).map(({ generation }) => generation.plugin.hash)

describe('plugin host', () => {
  it('takes a plugin for the same whatever order its members come in', async () => {
    const { host, loaded, log } = world()
    const first = plugin('spot', 'a')
    await host.apply(manifest(1, [first]))
    host.show(slotPlace(dashboard))
    const [shown] = host.slots(dashboard)
    const turned = Object.fromEntries(Object.entries(first).toReversed()) as unknown as UiPlugin
    await host.apply(manifest(2, [turned]))
    assert.equal(host.slots(dashboard)[0]?.generation, shown?.generation)
    assert.deepEqual([loaded, log], [[], ['on spot@a after none']])
  })

  it('draws navigation and pages from the manifest without loading code', async () => {
    const { host, loaded } = world()
    await host.apply(manifest(1, [plugin('spot', 'a')]))
    assert.deepEqual(
      host.navigation.value.map(({ page }) => page.path),
      ['/spot'],
    )
    assert.deepEqual(loaded, [])
  })

  it('fetches what is on screen before it shows it', async () => {
    const { host, loaded } = world()
    host.show(slotPlace(dashboard))
    await host.apply(manifest(1, [plugin('spot', 'a')]))
    assert.deepEqual(loaded, ['a'])
    assert.ok(host.active.get('spot')?.components.has('Card'))
  })

  it('keeps the old build on screen until the new one is there', async () => {
    const { host, held, hold } = world()
    host.show(slotPlace(dashboard))
    await host.apply(manifest(1, [plugin('spot', 'a')]))
    hold('b')
    const applied = host.apply(manifest(2, [plugin('spot', 'b')]))
    await Promise.resolve()
    assert.deepEqual(hashes(host), ['a'])
    held.get('b')?.()
    await applied
    assert.deepEqual(hashes(host), ['b'])
  })

  it('keeps the old build when the new one does not load, and reports it', async () => {
    const { host, broken, failures } = world()
    host.show(slotPlace(dashboard))
    await host.apply(manifest(1, [plugin('spot', 'a')]))
    broken.add('b')
    await host.apply(manifest(2, [plugin('spot', 'b')]))
    assert.deepEqual(hashes(host), ['a'])
    assert.deepEqual(
      failures.map(({ plugin: { hash }, contribution }) => [hash, contribution]),
      [['b', 'load']],
    )
  })

  it('lets a plugin that fails hide no other', async () => {
    const { host, broken } = world()
    host.show(slotPlace(dashboard))
    broken.add('bad')
    await host.apply(manifest(1, [plugin('pulse', 'bad'), plugin('spot', 'a')]))
    assert.deepEqual([...host.active.keys()], ['spot'])
  })

  it('applies only the newest of several waiting manifests', async () => {
    const { host, log, held, hold } = world()
    host.show(slotPlace(dashboard))
    hold('a')
    const first = host.apply(manifest(1, [plugin('spot', 'a')]))
    const second = host.apply(manifest(2, [plugin('spot', 'b')]))
    const third = host.apply(manifest(3, [plugin('spot', 'c')]))
    held.get('a')?.()
    await Promise.all([first, second, third])
    assert.deepEqual(log, ['on spot@c after none'])
  })

  it('compares content, not revisions: a kernel that counts anew changes nothing', async () => {
    const { host, log } = world()
    await host.apply(manifest(7, [plugin('spot', 'a')]))
    await host.apply(manifest(1, [plugin('spot', 'a')]))
    assert.deepEqual(log, ['on spot@a after none'])
  })

  it('removes what is no longer enabled, pages and slots and menu', async () => {
    const { host, log } = world()
    await host.apply(manifest(1, [plugin('spot', 'a')]))
    await host.apply(manifest(2, []))
    assert.deepEqual([host.pages.value, host.navigation.value, host.slots(dashboard)], [[], [], []])
    assert.equal(log.at(-1), 'off spot')
  })

  it('loads a style sheet once for as long as it stays the same', async () => {
    const { host, log } = world()
    await host.apply(manifest(1, [], '/one.css'))
    await host.apply(manifest(2, [], '/one.css'))
    await host.apply(manifest(3, [], '/two.css'))
    assert.deepEqual(log, ['sheet /one.css', 'sheet /two.css'])
  })

  it('sorts contributions of all plugins by their order', async () => {
    const { host } = world()
    const early = plugin('zeta', 'z', {
      slots: [{ slot: dashboard, id: 'first', component: 'Card', order: 1 }],
    })
    await host.apply(manifest(1, [plugin('spot', 'a'), early]))
    assert.deepEqual(hashes(host), ['z', 'a'])
  })

  it('asks the network again when a component is retried', async () => {
    const { host, broken } = world()
    broken.add('a')
    await host.apply(manifest(1, [plugin('spot', 'a')]))
    const generation = host.active.get('spot')
    await assert.rejects(async () => generation?.load('Card'), /a is broken/)
    broken.delete('a')
    await generation?.load('Card')
    assert.ok(generation?.components.has('Card'))
  })
})

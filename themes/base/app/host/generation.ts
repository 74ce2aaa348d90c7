import { shallowReactive, type Component } from 'vue'
import type { UiPlugin } from '@cambium/kernel/ui-manifest'
import type { PluginModule } from './plugin-module.ts'

export interface GenerationLoader {
  loadModule(plugin: UiPlugin): Promise<PluginModule>
  /** Called once; the first component of the module is shown when it is done. */
  onModule(plugin: UiPlugin, module: PluginModule): void | Promise<void>
}

/** One build of a plugin's pages in this tab or request. Code is fetched when the first component of it is asked for. */
export interface Generation {
  readonly plugin: UiPlugin
  /** Components that arrived; reactive, so that a page drawn as a skeleton fills itself. */
  readonly components: ReadonlyMap<string, Component>
  load(component: string): Promise<Component>
}

export function generationKey(plugin: Pick<UiPlugin, 'id' | 'hash'>): string {
  return `${plugin.id}@${plugin.hash}`
}

export function createGeneration(plugin: UiPlugin, loader: GenerationLoader): Generation {
  const components = shallowReactive(new Map<string, Component>())
  const loading = new Map<string, Promise<Component>>()
  let module: Promise<PluginModule> | undefined

  async function openModule(): Promise<PluginModule> {
    const opened = await loader.loadModule(plugin)
    await loader.onModule(plugin, opened)
    return opened
  }

  async function fetchComponent(name: string): Promise<Component> {
    module ??= openModule()
    const { components: offered } = await module
    const open = offered[name]
    if (!open) throw new Error(`${plugin.id} declares ${name}, but its pages do not contain it.`)
    const component = (await open()).default
    components.set(name, component)
    return component
  }

  return {
    plugin,
    components,
    load(name) {
      const known = components.get(name)
      if (known) return Promise.resolve(known)
      const started = loading.get(name)
      if (started) return started
      const promise = fetchComponent(name).catch((error: unknown) => {
        // Forgotten, so that a retry asks the network again.
        loading.delete(name)
        module = undefined
        throw error
      })
      loading.set(name, promise)
      return promise
    },
  }
}

import type { InjectionKey } from 'vue'

/** Which plugin a component belongs to, for what plugins share of the host. */
export const pluginIdKey: InjectionKey<string> = Symbol('plugin')

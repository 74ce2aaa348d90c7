/** Words that the routes of this module share. */
import { Enum, Null, Object, String, Union } from 'typebox'

export const manage = 'plugins.marketplace.manage'
export const text = String()
export const textOrNull = Union([String(), Null()])
export const pluginId = String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 40 })
export const version = String({ minLength: 1, maxLength: 64 })
export const onePlugin = Object({ pluginId }, { additionalProperties: false })
export const app = Enum(['portal', 'admin'])
/** Where a generation's code runs; what each protects from is in the README of `isolation/`. */
export const tier = Enum(['inline', 'worker', 'process'])

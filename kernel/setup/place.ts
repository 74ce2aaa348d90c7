import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')

/** Where everything written at run time goes. */
export const dataDirectory = path.resolve(root, process.env.CAMBIUM_DATA ?? '.data')

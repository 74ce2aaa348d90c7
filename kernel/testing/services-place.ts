import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { provideSocketDirectory } from '../setup/index.ts'

/** Where the servers shared by all test processes of this checkout live. */
export const testDirectory = fileURLToPath(new URL('../../.data/test', import.meta.url))

export function keeperSocket(): string {
  return path.join(provideSocketDirectory(testDirectory), 'keeper.sock')
}

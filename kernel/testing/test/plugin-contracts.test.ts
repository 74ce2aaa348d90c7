import { globSync } from 'node:fs'
import { testPlugin } from '../index.ts'

const plugins = new URL('../../../plugins/', import.meta.url)

/** Every plugin in the repository, so that one nobody enables does not rot. */
for (const manifest of globSync('*/plugin.ts', { cwd: plugins }))
  testPlugin(new URL(`${manifest}/..`, plugins))

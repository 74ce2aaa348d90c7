import assert from 'node:assert/strict'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { packThemeFolder } from '../theme-package.ts'

const harbor = fileURLToPath(new URL('../../../themes/harbor', import.meta.url))

describe('the folder of a theme', () => {
  it('is packed with its fonts and their licences, from wherever it is named, into the same bytes', async () => {
    const packed = await packThemeFolder(harbor)
    const again = await packThemeFolder(path.relative(process.cwd(), harbor))
    assert.equal(again.digest, packed.digest)
    const files = [...packed.files.keys()]
    assert.ok(files.includes('fonts/public-sans-latin-wght-normal.woff2'))
    assert.ok(files.includes('fonts/public-sans.license.txt'))
  })
})

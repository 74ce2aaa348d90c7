import { readFileSync } from 'node:fs'
import path from 'node:path'
import { refuseAny, root } from './sources.ts'
import { describedTokens, tokensPage } from './theme-tokens.ts'

/** Prettier sets the columns of a table; what they say is compared. */
const said = (text: string): string => text.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---')

describe('tokens of themes', () => {
  it('are described as their schema has them', () => {
    const written = readFileSync(path.join(root, tokensPage), 'utf8')
    refuseAny(
      said(written) === said(describedTokens()) ? [] : [tokensPage],
      'Write the table anew: node test/tidy/theme-tokens.ts',
    )
  })
})

import { occurrences, refuseAny, type Source, sources } from './sources.ts'

/** These files speak of what they forbid. */
const notTidy = ({ file }: Source) => !file.startsWith('test/tidy/') && file !== 'eslint.config.js'
const code = sources(/\.(ts|mjs|js|vue)$/).filter(notTidy)
const tests = sources(/\/test\/.*\.ts$|^test\/.*\.ts$/).filter(notTidy)

describe('comments', () => {
  it('tell what code cannot', () => {
    refuseAny(
      occurrences(code, /@param \{|@returns? \{|\/\/ ?[-=*#]{4,}|\/\* ?[-=*#]{4,}/).filter(
        (line) => !line.includes('.mjs:'),
      ),
      'No comment repeats a type or draws a line: say why, or say nothing.',
    )
  })

  it('promise nothing', () => {
    refuseAny(occurrences(code, /\b(TODO|FIXME|XXX|HACK)\b/), 'Do it now, or file an issue.')
  })

  it('silence no checker', () => {
    refuseAny(
      // One line may be excused, with its reason after two dashes.
      occurrences(code, /@ts-(ignore|nocheck|expect-error)|eslint-disable(?!-next-line \S+ -- )/),
      'Correct the code, correct the rule for everybody, or excuse one line with a reason.',
    )
  })
})

describe('tests', () => {
  it('wait for what they expect, never for a time', () => {
    refuseAny(
      occurrences(tests, /\bsetTimeout\(|\bsleep\(/),
      'Await the event, or look again until a deadline.',
    )
  })

  it('all run', () => {
    refuseAny(
      occurrences(tests, /\b(it|describe|context)\.(skip|only)\(|\bxit\(|\bxdescribe\(|this\.skip\(/),
      'A test that does not run proves nothing.',
    )
  })

  it('state the rule', () => {
    refuseAny(
      occurrences(tests, /\bit\(\s*['"`]should /),
      'The name finishes the sentence: "trades at the maker price".',
    )
  })
})

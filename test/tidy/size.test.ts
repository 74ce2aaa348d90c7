import ts from 'typescript'
import { refuseAny, type Source, sources } from './sources.ts'

const FILE_LINES_MAX = 400
const COMPONENT_LINES_MAX = 250
const FUNCTION_LINES_MAX = 60

describe('size', () => {
  it('of a file fits on a few screens', () => {
    const isTooLong = ({ file, text }: Source) =>
      text.split('\n').length - 1 > (file.endsWith('.vue') ? COMPONENT_LINES_MAX : FILE_LINES_MAX)
    const long = sources(/\.(ts|mjs|js|vue)$/).filter(isTooLong)
    refuseAny(
      long.map(({ file, text }) => `${file}: ${text.split('\n').length - 1} lines`),
      `A file has at most ${FILE_LINES_MAX} lines, a component ${COMPONENT_LINES_MAX}: split it by noun.`,
    )
  })

  it('of a function fits on one screen', () => {
    // A suite's callback is a list of tests, not a function to read at once.
    const written = sources(/\.(ts|mjs|vue)$/).filter(({ file }) => !file.endsWith('.test.ts'))
    refuseAny(
      written.flatMap(longFunctions),
      `A function has at most ${FUNCTION_LINES_MAX} lines: give a step of it a name of its own.`,
    )
  })
})

/** Counts a function without the functions inside it: those are read on their own. */
function longFunctions({ file, text }: Source): string[] {
  const script = file.endsWith('.vue') ? (/<script[^>]*>([^]*?)<\/script>/.exec(text)?.[1] ?? '') : text
  const tree = ts.createSourceFile(file, script, ts.ScriptTarget.Latest, true)
  const lineAt = (position: number) => tree.getLineAndCharacterOfPosition(position).line
  const found: string[] = []

  /** Answers how many lines of `node` belong to functions inside it. */
  const visit = (node: ts.Node): number => {
    let inner = 0
    ts.forEachChild(node, (child) => {
      inner += visit(child)
    })
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return inner
    const lines = lineAt(node.end) - lineAt(node.getStart()) + 1
    const own = lines - inner
    if (own > FUNCTION_LINES_MAX) found.push(`${file}:${lineAt(node.getStart()) + 1}: ${own} lines`)
    return Math.max(lines - 1, 0)
  }
  visit(tree)
  return found
}

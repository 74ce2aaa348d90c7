import { SourceMap, type SourceMapPayload } from 'node:module'
import path from 'node:path'
import { Refusal } from '../contract/index.ts'

/** Rewrites the stack of an error in place, so that it names the plugin's files; gives the error back. */
export type StackTranslator = (error: unknown) => unknown

/**
 * A bundle is evaluated from memory, and Node would keep every source map it knows for ever; so each generation holds
 * its own map, reads it at the first error, and takes it along when it goes.
 */
export function stackTranslator(filename: string, map: string, directory: string): StackTranslator {
  let sourceMap: SourceMap | undefined
  const place = new RegExp(`${filename.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}:(\\d+):(\\d+)`, 'g')
  const original = (whole: string, line: string, column: string): string => {
    sourceMap ??= new SourceMap(JSON.parse(map) as SourceMapPayload)
    const found = sourceMap.findEntry(Number(line) - 1, Number(column) - 1)
    if (!('originalSource' in found)) return whole
    return `${path.resolve(directory, found.originalSource)}:${found.originalLine + 1}:${found.originalColumn + 1}`
  }
  return (error) => {
    const isBug = error instanceof Error && !(error instanceof Refusal)
    if (isBug && error.stack?.includes(filename)) error.stack = error.stack.replace(place, original)
    return error
  }
}

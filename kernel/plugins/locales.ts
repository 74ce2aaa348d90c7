import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** By locale, every string under its dotted key. */
export type FlatMessages = ReadonlyMap<string, ReadonlyMap<string, string>>

interface FilesOf {
  readonly directory: string
  readonly files: readonly string[]
}

const localeFile = /^locales\/([a-z]{2}(?:-[A-Z]{2})?)\.json$/

/** Reads `locales/*.json`. Throws with the file's name when one is no JSON object. */
export async function readMessages(folder: FilesOf): Promise<FlatMessages> {
  const files = folder.files.flatMap((file) => {
    const locale = localeFile.exec(file)?.[1]
    return locale === undefined ? [] : [[locale, file] as const]
  })
  return new Map(
    await Promise.all(
      files.map(async ([locale, file]) => {
        const text = await readFile(path.join(folder.directory, file), 'utf8')
        return [locale, new Map(flatten(parse(file, text), ''))] as const
      }),
    ),
  )
}

function parse(file: string, text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`)
  }
  throw new Error(`${file} is not a JSON object.`)
}

function flatten(messages: object, prefix: string): [string, string][] {
  return Object.entries(messages).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === 'string') return [[prefix + name, value] as [string, string]]
    return typeof value === 'object' && value !== null ? flatten(value, `${prefix}${name}.`) : []
  })
}

import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** Names, versions and licences of packages that others wrote and of which something lies in ours. */
export async function thirdPartyNotices(folders: readonly string[]): Promise<string> {
  const notices = await Promise.all(folders.map(notice))
  return (
    ['# Taken from others', 'Declarations of these packages are part of this one.', ...notices].join('\n\n') +
    '\n'
  )
}

async function notice(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  ) as { readonly name: string; readonly version: string; readonly license?: string }
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry))
  const text = file === undefined ? '' : await readFile(path.join(folder, file), 'utf8')
  return [
    `## ${name} ${version}, ${license ?? 'no licence named'}`,
    ...text
      .trim()
      .split('\n')
      .map((line) => `    ${line}`.trimEnd()),
  ].join('\n')
}

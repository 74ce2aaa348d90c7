import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import type { PublishedPackage } from '../authoring/index.ts'
import { print, type OutputOptions } from './output.ts'
import { byteSize } from './plugin-output.ts'

/** `cambium plugin types`: needs no running platform. */
export function addTypesCommand(plugin: Command): void {
  plugin
    .command('types')
    .description('Write the author packages: what a plugin outside this repository is written against')
    .option('--out <folder>', 'where they are written', '.')
    .option('--unpacked', 'a folder each instead of a .tgz, to be installed by its path')
    .option('--json', 'print JSON')
    .action(async (options: OutputOptions & { out: string; unpacked?: boolean }) => {
      const { buildAuthorPackages } = await import('../authoring/index.ts')
      const packages = await buildAuthorPackages()
      const written: { name: string; version: string; path: string; size: number }[] = []
      for (const content of packages) {
        const { name, version, bytes } = content
        const place = await write(content, options)
        written.push({ name, version, path: place, size: bytes.length })
      }
      print(written, options, () =>
        [
          ...written.map((one) => `  ${one.path}  ${one.name} ${one.version}, ${byteSize(one.size)}`),
          '',
          'Install them where a plugin is written, or publish them: npm publish FILE --registry ADDRESS',
        ].join('\n'),
      )
    })
}

async function write(
  { file, bytes, files }: PublishedPackage,
  { out, unpacked }: { readonly out: string; readonly unpacked?: boolean },
): Promise<string> {
  const place = path.join(out, unpacked ? file.replace(/-[\d.]+\.tgz$/, '') : file)
  if (!unpacked) {
    await mkdir(out, { recursive: true })
    await writeFile(place, bytes)
    return place
  }
  for (const [name, content] of files) {
    const target = path.join(place, name)
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, content)
  }
  return place
}

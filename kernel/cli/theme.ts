import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { allowUnsigned } from '../plugins/routes.ts'
import { installTheme } from '../themes/routes.ts'
import { operatorApi } from './operator-api.ts'
import { print, type OutputOptions } from './output.ts'
import { byteSize } from './plugin-output.ts'

/** Themes as packages: made without a platform, installed into one that runs. */
export function addThemeCommands(program: Command): void {
  const theme = program.command('theme').description('Make and install themes')
  addPack(theme)
  addInstall(theme)
}

function addPack(theme: Command): void {
  theme
    .command('pack')
    .argument('<folder>', 'of a theme')
    .description('Make a package of a theme: values, logos and fonts, every file with its hash')
    .option('--out <file>', 'where it is written; without it, ID-VERSION.tgz here')
    .option('--key <file>', 'private key to sign it with, made by "cambium plugin keys create"')
    .option('--json', 'print JSON')
    .action(async (folder: string, { out, key, json }: OutputOptions & { out?: string; key?: string }) => {
      const { packThemeFolder } = await import('../themes/index.ts')
      const privateKey = key === undefined ? undefined : await readFile(key, 'utf8')
      const { bytes, digest, declaration, signature } = await packThemeFolder(folder, privateKey)
      const { id, version } = declaration.manifest
      const file = out ?? `${id}-${version}.tgz`
      await writeFile(file, bytes)
      const keyId = signature?.keyId ?? null
      print({ id, version, digest, keyId, file, size: bytes.length }, { json: json === true }, () =>
        [
          `${id} ${version}: ${byteSize(bytes.length)}, ${keyId === null ? 'unsigned' : `signed with ${keyId}`}`,
          `sha256 ${digest}`,
          `Written to ${file}`,
        ].join('\n'),
      )
    })
}

function addInstall(theme: Command): void {
  theme
    .command('install')
    .argument('<file>', 'a theme’s package')
    .description('Install a theme; it is not used yet')
    .option('--allow-unsigned <digest>', 'let in this one package although nobody signed it')
    .option('--json', 'print JSON')
    .action(
      async (file: string, { allowUnsigned: digest, json }: OutputOptions & { allowUnsigned?: string }) => {
        const api = operatorApi()
        if (digest !== undefined) await api(allowUnsigned, { digest })
        const installed = await api(installTheme, {}, { body: new Uint8Array(await readFile(file)) })
        const { themeId, version, publisher, signature, findings } = installed
        print(installed, { json: json === true }, () =>
          [
            `${themeId} ${version} by ${publisher} is installed (${signature}).`,
            findings === 0
              ? 'Use it in the admin, under System › Themes.'
              : `${findings} of its colours are too weak to be used yet: mend them in the admin, under System › Themes.`,
          ].join('\n'),
        )
      },
    )
}

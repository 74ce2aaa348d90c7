import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { SigningKeys, PackedFile, VerifiedFile } from '../plugins/index.ts'
import { CommandError } from './operator-api.ts'
import { print, type OutputOptions } from './output.ts'
import { byteSize, readableSteps } from './plugin-output.ts'

/** Bundlers and builders are loaded only by the commands that need them. */
const authoring = () => import('./package-authoring.ts')

/** Packages: made, signed and looked at, without a platform. */
export function addPackageCommands(plugin: Command): void {
  addPack(plugin)
  addSign(plugin)
  addVerify(plugin)
  addKeys(plugin)
}

function addPack(plugin: Command): void {
  plugin
    .command('pack')
    .argument('<folder>', 'of a plugin')
    .description('Make a package of a plugin: code and pages built, every file with its hash')
    .option('--out <file>', 'where it is written; without it, ID-VERSION.tgz here')
    .option('--key <file>', 'private key to sign it with at once')
    .option('--json', 'print JSON')
    .action(async (folder: string, { out, key, json }: OutputOptions & { out?: string; key?: string }) => {
      const { packFolder, signFile } = await authoring()
      const packed = await packFolder(folder)
      const signed = key === undefined ? undefined : await signFile(packed.bytes, await readText(key))
      const result = signed ? { ...signed, steps: [...packed.steps, ...signed.steps] } : packed
      await finish(result, out ?? `${packed.pluginId}-${packed.version}.tgz`, { json: json === true })
    })
}

function addSign(plugin: Command): void {
  plugin
    .command('sign')
    .argument('<file>', 'a package')
    .description('Sign a package; the signature becomes part of it')
    .requiredOption('--key <file>', 'private key, made by "cambium plugin keys create"')
    .option('--out <file>', 'where the signed one is written; without it, in its place')
    .option('--json', 'print JSON')
    .action(async (file: string, { key, out, json }: OutputOptions & { key: string; out?: string }) => {
      const { signFile } = await authoring()
      await finish(await signFile(await readFile(file), await readText(key)), out ?? file, {
        json: json === true,
      })
    })
}

function addVerify(plugin: Command): void {
  plugin
    .command('verify')
    .argument('<file>', 'a package')
    .description('Check all that an installation checks, without a platform')
    .option('--key <file>', 'public key it must be signed with')
    .option('--json', 'print JSON')
    .action(async (file: string, { key, json }: OutputOptions & { key?: string }) => {
      const { verifyFile } = await authoring()
      const { bytes, ...verified } = await verifyFile(
        await readFile(file),
        key === undefined ? undefined : await readText(key),
      )
      print({ ...verified, size: bytes.length }, { json: json === true }, () => readableVerified(verified))
    })
}

function addKeys(plugin: Command): void {
  plugin
    .command('keys')
    .description('A publisher’s own keys')
    .command('create')
    .description('Make a key pair: the private one signs, the public one is what operators trust')
    .option('--out <file>', 'the private key; the public one is written beside it with .pub', 'cambium.key')
    .option('--json', 'print JSON')
    .action(async ({ out, json }: OutputOptions & { out: string }) => {
      const { createSigningKeys } = await authoring()
      if (existsSync(out))
        throw new CommandError(`${out} is there already; a key that was lost is lost for good.`)
      const keys: SigningKeys = createSigningKeys()
      await writeFile(out, keys.privateKey, { mode: 0o600, flag: 'wx' })
      await writeFile(`${out}.pub`, keys.publicKey)
      const made = { keyId: keys.keyId, privateKey: out, publicKey: `${out}.pub` }
      print(made, { json: json === true }, () =>
        [
          `Key ${made.keyId}`,
          `  ${out}       signs; keep it to yourself`,
          `  ${out}.pub   is what operators trust`,
        ].join('\n'),
      )
    })
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8')
}

async function finish(packed: PackedFile, file: string, options: OutputOptions): Promise<void> {
  const { bytes, ...result } = packed
  await writeFile(file, bytes)
  print({ ...result, file, size: bytes.length }, options, () => readablePacked(packed, file))
}

function readablePacked(
  { name, version, digest, keyId, files, steps, bytes }: PackedFile,
  file: string,
): string {
  return [
    readableSteps(steps),
    '',
    `${name} ${version}: ${files.length} files, ${byteSize(bytes.length)}, ${keyId ? `signed with ${keyId}` : 'unsigned'}`,
    `sha256 ${digest}`,
    `Written to ${file}`,
  ].join('\n')
}

function readableVerified({
  name,
  version,
  publisher,
  digest,
  keyId,
  signature,
  steps,
}: Omit<VerifiedFile, 'bytes'>): string {
  const signed = signature === 'genuine' ? `signed with key ${keyId}` : 'unsigned'
  return [
    readableSteps(steps),
    '',
    `${name} ${version} by ${publisher}, ${signed}`,
    `sha256 ${digest}`,
    'All that can be checked without a platform is as it should be.',
  ].join('\n')
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createCatalogue } from '../catalogue.ts'
import { kernelVersion } from '../kernel-version.ts'
import { createPageBuilder } from '../pages/page-builder.ts'
import { verify } from '../verification.ts'
import { checkCode, checkRules } from './judgement.ts'
import { packPlugin, signPackage } from './pack.ts'
import { readPackage, type PackageContent } from './package-file.ts'
import { packagesRefusals } from './refusals.ts'
import { isGenuine, keyIdOf } from './signature.ts'
import { timeline, type TimedStep } from './timeline.ts'

/** What a publisher is told of a package; everything of it is public. */
export interface PackedFile {
  readonly bytes: Buffer
  readonly name: string
  readonly pluginId: string
  readonly version: string
  readonly publisher: string
  readonly digest: string
  readonly keyId: string | null
  readonly files: readonly { readonly path: string; readonly size: number }[]
  readonly steps: readonly TimedStep<string>[]
}

export interface VerifiedFile extends PackedFile {
  /** `genuine`: signed with the key it names. Whether that key is trusted is each operator's to say. */
  readonly signature: 'genuine' | 'unsigned'
}

const kernel = { kernelVersion, kernelRoutes: [] }

/** Makes a package of a plugin's folder, without any platform. Throws when the plugin breaks rules. */
export async function packFolder(directory: string): Promise<PackedFile> {
  const { steps, step } = timeline<'read' | 'rules' | 'pages' | 'pack'>()
  const folder = path.resolve(directory)
  const entry = await step('read', () => createCatalogue(path.dirname(folder)).find(path.basename(folder)))
  const plugin = entry?.bundled
  if (!plugin) throw refused(entry?.problems ?? [`${directory} is no plugin: it has no plugin.ts.`])
  await step('rules', async () => {
    const problems = await verify(plugin, { ...kernel, others: [] })
    if (problems.length > 0) throw refused(problems)
  })
  return inTemporaryFolder(async (dataDirectory) => {
    const builder = createPageBuilder(dataDirectory)
    try {
      const pages = await step('pages', () => builder.build(plugin))
      const content = await step('pack', () => packPlugin(plugin, { dataDirectory, pages, kernelVersion }))
      return describe(content, steps)
    } finally {
      builder.stop()
    }
  })
}

/** The same package with a signature over what it says of itself. */
export async function signFile(bytes: Buffer, privateKey: string): Promise<PackedFile> {
  const { steps, step } = timeline<'read' | 'sign'>()
  const content = await step('read', () => readPackage(bytes))
  return describe(await step('sign', () => signPackage(content, privateKey)), steps)
}

/** All that an installation checks and that needs no platform; with a public key, that it is signed with this one. */
export async function verifyFile(bytes: Buffer, publicKey?: string): Promise<VerifiedFile> {
  const { steps, step } = timeline<'read' | 'signature' | 'rules' | 'code'>()
  const content = await step('read', () => readPackage(bytes))
  await step('signature', async () => checkSignature(content, publicKey))
  await step('rules', () => inTemporaryFolder((drafts) => checkRules(content, kernel, drafts)))
  await step('code', () => checkCode(content))
  return { ...describe(content, steps), signature: content.signature ? 'genuine' : 'unsigned' }
}

function checkSignature({ signature, digest, declarationBytes }: PackageContent, publicKey?: string): void {
  if (!signature) {
    if (publicKey !== undefined) throw packagesRefusals.package_unsigned({ digest })
    return
  }
  const { keyId } = signature
  const isExpected = publicKey === undefined || keyIdOf(publicKey) === keyId
  const genuine = isGenuine(declarationBytes, { ...signature, publicKey: publicKey ?? signature.publicKey })
  if (!isExpected || !genuine) throw packagesRefusals.package_signature_wrong({ keyId })
}

function describe(content: PackageContent, steps: PackedFile['steps']): PackedFile {
  const { bytes, name, digest, signature, files, declaration } = content
  const { id: pluginId, version, publisher } = declaration.manifest
  const listed = [...files].map(([file, { length }]) => ({ path: file, size: length }))
  return {
    bytes,
    name,
    pluginId,
    version,
    publisher,
    digest,
    keyId: signature?.keyId ?? null,
    files: listed,
    steps,
  }
}

function refused(problems: readonly string[]): Error {
  return packagesRefusals.package_breaks_rules({ problems })
}

async function inTemporaryFolder<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'cambium-package-'))
  try {
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

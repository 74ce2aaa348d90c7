import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import type { ReadPlugin } from '../catalogue.ts'
import { MODULE_FILE } from '../pages/page-build.ts'
import type { FrontendApp } from '../ui-manifest.ts'
import { componentNames } from '../component-names.ts'
import { verify, type Surroundings } from '../verification.ts'
import { inspectCode, type InspectionLimits } from './code-inspection.ts'
import { CANDIDATES_FILE, SERVER_FILE } from './format.ts'
import { manifestDifferences } from '../manifest-differences.ts'
import { migrationProblems } from '../migration-tables.ts'
import type { PackageContent } from './package-file.ts'
import { packagesRefusals } from './refusals.ts'
import { writeFiles } from './unpacked.ts'

const apps: readonly FrontendApp[] = ['portal', 'admin']

/** The rules every plugin keeps, and those of packages. None of the package's code runs. */
export async function checkRules(
  content: PackageContent,
  kernel: Omit<Surroundings, 'others'>,
  draftsDirectory: string,
): Promise<void> {
  await mkdir(draftsDirectory, { recursive: true })
  const directory = await mkdtemp(path.join(draftsDirectory, '.draft-'))
  try {
    await writeFiles(directory, content.files)
    const plugin: ReadPlugin = {
      source: 'package',
      digest: content.digest,
      directory,
      files: [...content.files.keys()].sort(),
      manifest: content.declaration.manifest,
      pages: {},
      bundle: { code: '', map: '', hash: '', inputs: [] },
      evaluate: () => {
        throw new Error('A package is judged without running it.')
      },
    }
    const problems = [...(await verify(plugin, { ...kernel, others: [] })), ...pageProblems(content)]
    if (problems.length > 0) throw broken(content, problems)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function pageProblems({ files, declaration }: PackageContent): readonly string[] {
  return apps.flatMap((app) => {
    const isShown = componentNames(declaration.manifest.ui?.[app]).length > 0
    const needed = isShown ? [MODULE_FILE, CANDIDATES_FILE] : []
    const missing = needed.filter((file) => !files.has(`pages/${app}/${file}`))
    const scanned = files.get(`pages/${app}/${CANDIDATES_FILE}`)
    return [
      ...missing.map((file) => `pages/${app}/${file} is missing, though the manifest names components.`),
      ...(scanned && !isListOfTexts(scanned) ? [`pages/${app}/${CANDIDATES_FILE} is no list of texts.`] : []),
    ]
  })
}

function isListOfTexts(bytes: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return Array.isArray(value) && value.every((one) => typeof one === 'string')
  } catch {
    return false
  }
}

/** That the code says of itself what `cambium.json` says, and migrates its own tables only. */
export async function checkCode(content: PackageContent, limits?: InspectionLimits): Promise<void> {
  const { manifest } = content.declaration
  const code = (content.files.get(SERVER_FILE) as Buffer).toString('utf8')
  const inspected = await inspectCode({ code, pluginId: manifest.id }, limits)
  const differences = manifestDifferences(manifest, JSON.parse(inspected.manifest))
  if (differences.length > 0) {
    throw packagesRefusals.package_manifest_differs({ pluginId: manifest.id, differences })
  }
  const problems = migrationProblems(manifest, inspected.migrations)
  if (problems.length > 0) throw broken(content, problems)
}

function broken(content: PackageContent, problems: readonly string[]): Error {
  const { id, version } = content.declaration.manifest
  return packagesRefusals.package_breaks_rules({ pluginId: id, version, problems })
}

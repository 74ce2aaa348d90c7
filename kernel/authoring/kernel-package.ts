import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { root } from '../setup/index.ts'
import type { AuthorPackage } from './author-package.ts'
import { bundleDeclarations, type BundledDeclarations } from './bundle-declarations.ts'
import { bundleCode, type BundledCode } from './bundle-code.ts'
import { emitDeclarations } from './emit-declarations.ts'
import { kernelDirectory, workspaceManifest } from './place.ts'

const DECLARATIONS = 'declarations'

/** What is exported, and where the source of it is. */
async function publicFaces(): Promise<ReadonlyMap<string, string>> {
  const routes: string[] = []
  for await (const file of glob('*/routes.ts', { cwd: kernelDirectory })) routes.push(file)
  return new Map([
    ['.', 'index.ts'],
    ['./contract', 'contract/index.ts'],
    ['./money', 'money/index.ts'],
    ['./testing', 'testing/index.ts'],
    ...routes.sort().map((file): [string, string] => [`./${file.replace('.ts', '')}`, file]),
  ])
}

/** The starter lies in the package as it is: it is copied, never run. */
const starterFiles = 'scaffold/{notebook,outside}/**/*'

/** `@cambium/kernel` for authors: declarations, a little code, and the command `cambium-plugin`. */
export async function makeKernelPackage(draft: string): Promise<AuthorPackage> {
  const own = await workspaceManifest(kernelDirectory)
  const faces = await publicFaces()
  const [declarations, code, starter] = await Promise.all([
    kernelDeclarations(draft, faces, Object.keys(own.dependencies)),
    bundleCode(faces),
    starterContent(),
  ])
  const types = [...declarations.files].map(([file, text]) => [`${DECLARATIONS}/${file}`, text] as const)
  return {
    name: '@cambium/kernel',
    manifest: {
      description: 'What plugins of a Cambium platform are written, tested and packed with.',
      type: 'module',
      exports: exportsOf(faces),
      bin: { 'cambium-plugin': 'authoring/cambium-plugin.js' },
      dependencies: dependenciesOf(own.dependencies, [...declarations.imported, ...code.imported]),
    },
    files: new Map<string, string | Buffer>([...types, ...code.files, ...starter]),
    takenIn: declarations.takenIn,
  }
}

async function kernelDeclarations(
  draft: string,
  faces: ReadonlyMap<string, string>,
  leftOut: readonly string[],
): Promise<BundledDeclarations> {
  await emitDeclarations({
    compiler: 'typescript/bin/tsc',
    extends: path.join(root, 'tsconfig.json'),
    // The compiler writes none for what it finds as a package, and so it finds the engine.
    include: [
      path.join(root, 'engine/index.ts'),
      ...[...faces.values()].map((file) => path.join(kernelDirectory, file)),
    ],
    directory: draft,
  })
  const emitted = (file: string): string => path.join(draft, 'kernel', declarationOf(file))
  return bundleDeclarations({
    input: Object.fromEntries([...faces.values()].map((file) => [file.replace('.ts', ''), emitted(file)])),
    installed: ['knex', 'typebox'],
    leftOut,
    // What the kernel itself is made with is no author's to call, but a test kernel's parts name it.
    opaque: ['ioredis', 'moleculer'],
    replaced: (id) =>
      id === '@cambium/engine' ? { file: path.join(draft, 'engine/index.d.ts') } : undefined,
  })
}

function exportsOf(faces: ReadonlyMap<string, string>): Readonly<Record<string, object>> {
  return Object.fromEntries(
    [...faces].map(([name, file]) => [
      name,
      { types: `./${DECLARATIONS}/${declarationOf(file)}`, default: `./${file.replace('.ts', '.js')}` },
    ]),
  )
}

function declarationOf(file: string): string {
  return file.replace('.ts', '.d.ts')
}

function dependenciesOf(
  known: Readonly<Record<string, string>>,
  names: BundledCode['imported'],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...new Set(names)].sort().map((name) => {
      const version = known[name]
      if (version === undefined) throw new Error(`${name} is no dependency of the kernel.`)
      return [name, version]
    }),
  )
}

async function starterContent(): Promise<[string, Buffer][]> {
  const files: [string, Buffer][] = []
  for await (const entry of glob(starterFiles, { cwd: kernelDirectory, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    files.push([path.relative(kernelDirectory, file), await readFile(file)])
  }
  return files
}

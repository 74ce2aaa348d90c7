import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { refuseAny, root, sources } from './sources.ts'

interface PackageFile {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const packageFiles = globSync(['package.json', '*/package.json', '{plugins,themes}/*/package.json'], {
  cwd: root,
  exclude: (file) => file.includes('node_modules'),
}).map((file) => ({ file, content: JSON.parse(readFileSync(path.join(root, file), 'utf8')) as PackageFile }))

const dependencies = packageFiles.flatMap(({ file, content }) =>
  Object.entries({ ...content.dependencies, ...content.devDependencies })
    .filter(([name]) => !name.startsWith('@cambium/'))
    .map(([name, version]) => ({ file, name, version })),
)

describe('dependencies', () => {
  it('are each named, with their reason, in a decision', () => {
    const decisions = sources(/^docs\/decisions\/.*\.md$/)
      .map(({ text }) => text)
      .join('\n')
    const unnamed = dependencies.filter(({ name }) => !decisions.includes(`\`${name}\``))
    refuseAny(
      unnamed.map(({ file, name }) => `${file}: ${name}`),
      'Add it to the table in docs/decisions/0010-dependencies.md and say what for.',
    )
  })

  it('are pinned to one version', () => {
    const loose = dependencies.filter(({ version }) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    refuseAny(
      loose.map(({ file, name, version }) => `${file}: ${name} ${version}`),
      'Install with npm i -E: a range lets a build change by itself.',
    )
  })

  it('have the same version in every workspace', () => {
    const differs = dependencies.filter(({ name, version }) =>
      dependencies.some((other) => other.name === name && other.version !== version),
    )
    refuseAny(
      differs.map(({ file, name, version }) => `${file}: ${name} ${version}`),
      'Two versions of one package are two packages at run time.',
    )
  })
})

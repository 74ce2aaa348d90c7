import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { glob, readFile, stat } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'
import { root } from '../../setup/index.ts'

interface Installed {
  readonly directory: string
  readonly manifest: { readonly name: string; readonly version: string } & Readonly<Record<string, unknown>>
}

export interface InstalledPackages {
  readonly url: string
  stop(): void
}

/** What npm has installed here, as a registry would give it, so that a test needs no other one. */
export async function serveInstalledPackages(): Promise<InstalledPackages> {
  const byName = Map.groupBy(installed(), ({ manifest }) => manifest.name)
  const server = createServer((request, response) => {
    const [, name = '', version] =
      /^\/((?:@[^/]+\/)?[^/]+)(?:\/-\/(.+)\.tgz)?$/.exec(decodeURIComponent(request.url ?? '')) ?? []
    const found = byName.get(name)
    if (!found) response.writeHead(404).end('{}')
    else if (version === undefined) response.end(JSON.stringify(packument(name, found, url())))
    else
      void sendArchive(
        found.find(({ manifest }) => manifest.version === version),
        response,
      )
  })
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: url(),
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function installed(): readonly Installed[] {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly link?: boolean }>>
  }
  return Object.entries(packages).flatMap(([place, { link }]) => {
    const directory = path.join(root, place)
    if (link || !place.includes('node_modules/') || !existsSync(path.join(directory, 'package.json')))
      return []
    const text = readFileSync(path.join(directory, 'package.json'), 'utf8')
    return [{ directory, manifest: JSON.parse(text) as Installed['manifest'] }]
  })
}

function packument(name: string, found: readonly Installed[], url: string): object {
  const versions = found.map(({ manifest }) => {
    const { devDependencies: _dev, ...rest } = manifest
    const tarball = `${url}/${name}/-/${manifest.version}.tgz`
    return [manifest.version, { ...rest, _id: `${name}@${manifest.version}`, dist: { tarball } }] as const
  })
  return { name, 'dist-tags': { latest: versions.at(-1)?.[0] }, versions: Object.fromEntries(versions) }
}

async function sendArchive(one: Installed | undefined, response: ServerResponse): Promise<void> {
  if (!one) return void response.writeHead(404).end()
  const archive = pack()
  archive.pipe(createGzip({ level: 1 })).pipe(response)
  const options = { cwd: one.directory, exclude: (name: string) => path.basename(name) === 'node_modules' }
  for await (const name of glob('**/*', options)) {
    const file = path.join(one.directory, name)
    const { mode } = await stat(file)
    if ((await stat(file)).isFile()) archive.entry({ name: `package/${name}`, mode }, await readFile(file))
  }
  archive.finalize()
}

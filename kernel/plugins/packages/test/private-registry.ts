import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { runServer } from 'verdaccio'

export interface PrivateRegistry {
  /** `http://127.0.0.1:port/` */
  readonly url: string
  /** As a publisher does it, with npm itself. */
  publish(bytes: Buffer, options?: { readonly tag?: string }): Promise<void>
  stop(): Promise<void>
}

/** A real registry on loopback, empty and of this test's own; it asks no other one but `behind`, for what it has not. */
export async function startPrivateRegistry(behind?: string): Promise<PrivateRegistry> {
  const directory = await mkdtemp(path.join(tmpdir(), 'cambium-registry-'))
  const configuration = {
    storage: path.join(directory, 'storage'),
    self_path: directory,
    auth: { htpasswd: { file: path.join(directory, 'htpasswd'), max_users: -1 } },
    uplinks: behind === undefined ? {} : { behind: { url: behind } },
    packages: {
      // What is published here is nobody else's.
      '@cambium/*': { access: '$all', publish: '$all' },
      '**': { access: '$all', publish: '$all', ...(behind === undefined ? {} : { proxy: 'behind' }) },
    },
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  }
  const server = (await runServer(configuration as never)) as Server
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/`

  return {
    url,
    publish: async (bytes, { tag = 'latest' } = {}) => {
      const home = path.join(directory, 'publisher')
      await mkdir(home, { recursive: true })
      // npm wants a token before it sends anything; this registry lets everybody publish.
      await writeFile(path.join(home, '.npmrc'), `registry=${url}\n//127.0.0.1:${port}/:_authToken=anybody\n`)
      await writeFile(path.join(home, 'package.tgz'), bytes)
      const args = ['publish', 'package.tgz', '--access', 'public', '--tag', tag, '--no-workspaces']
      const env = { PATH: process.env.PATH, HOME: home, npm_config_cache: path.join(home, 'cache') }
      await promisify(execFile)('npm', args, { cwd: home, env })
    },
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

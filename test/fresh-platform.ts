import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, type Platform, silentProgress, startPlatform } from '../kernel/setup/index.ts'

export interface FreshPlatform {
  readonly platform: Platform
  /** Stops every process and removes the data. */
  stop(): Promise<void>
}

/** The whole platform, every process of it, on data of its own and a free port. */
export async function startFreshPlatform(): Promise<FreshPlatform> {
  const directory = mkdtempSync(path.join(tmpdir(), 'cambium-platform-'))
  // MariaDB runs as another user and has to reach its folder.
  chmodSync(directory, 0o711)
  const platform = await startPlatform({ directory, port: await freePort(), progress: silentProgress })
  return {
    platform,
    async stop() {
      await platform.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

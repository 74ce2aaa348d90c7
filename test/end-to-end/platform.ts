import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, type Platform, silentProgress, startPlatform } from '../../kernel/setup/index.ts'

let running: Promise<{ platform: Platform; directory: string }> | undefined

/** The whole platform, every process of it, on fresh data. All journeys of a run share one; it stops after the last. */
export async function platform(): Promise<Platform> {
  running ??= start()
  return (await running).platform
}

async function start(): Promise<{ platform: Platform; directory: string }> {
  const directory = mkdtempSync(path.join(tmpdir(), 'cambium-platform-'))
  // MariaDB runs as another user and has to reach its folder.
  chmodSync(directory, 0o711)
  const port = await freePort()
  return { platform: await startPlatform({ directory, port, progress: silentProgress }), directory }
}

after(async function () {
  this.timeout(60_000)
  if (!running) return
  const { platform, directory } = await running
  await platform.stop()
  rmSync(directory, { recursive: true, force: true })
})

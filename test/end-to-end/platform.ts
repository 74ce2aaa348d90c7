import type { Platform } from '../../kernel/setup/index.ts'
import { type FreshPlatform, startFreshPlatform } from '../fresh-platform.ts'

let running: Promise<FreshPlatform> | undefined

/** The whole platform, every process of it, on fresh data. All journeys of a run share one; it stops after the last. */
export async function platform(): Promise<Platform> {
  running ??= startFreshPlatform()
  return (await running).platform
}

after(async function () {
  this.timeout(60_000)
  if (running) await (await running).stop()
})

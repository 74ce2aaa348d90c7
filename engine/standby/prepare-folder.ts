/** Settles what a folder's engine may be before its journal is opened: a standby gets what it needs to start with. */
import { setTimeout as pause } from 'node:timers/promises'
import { EngineLink } from '../client/link.ts'
import type { Disk } from '../journal/disk.ts'
import { segmentNumbers } from '../journal/replay.ts'
import { Epoch } from './epoch.ts'
import { moveAside, takeSeed } from './seed.ts'
import { RECORDS_GONE } from './take-role.ts'

/** How long the other engine has to say in which epoch it is. */
const HELLO_MS = 3000
const RETRY_MS = 500

export interface FolderOptions {
  readonly standbyOf?: string
  /** The other of two engines, which may have been promoted while this one was down. */
  readonly peer?: string
  /** Move aside what a folder has that the primary does not, and begin again. */
  readonly reseed?: boolean
  /** Go on without the standby that this primary was tied to. The operator says that it was not promoted. */
  readonly forgetStandby?: boolean
}

export async function prepareFolder(
  disk: Disk,
  folder: string,
  { options, say }: { options: FolderOptions; say: (message: string) => void },
): Promise<{ epoch: Epoch; follow?: string }> {
  const { standbyOf, reseed, forgetStandby } = options
  const other = standbyOf ?? options.peer
  const hasJournal = (await segmentNumbers(disk, folder)).length > 0
  const epoch = await Epoch.open(folder, standbyOf !== undefined && !hasJournal ? 'standby' : 'primary')
  if (forgetStandby) await epoch.pin(undefined)
  if (other === undefined) {
    if (epoch.role !== 'standby') return { epoch }
    throw new Error('this folder is a standby: start it with --standby-of ADDRESS, and promote it if need be')
  }
  if (epoch.role === 'primary') await hearFrom(other, epoch)
  if (epoch.role === 'primary') {
    if (reseed) throw new Error(`this folder is the primary of epoch ${epoch.epoch}: it is not seeded again`)
    if (standbyOf === undefined) return { epoch }
    say(
      `this folder is the primary of epoch ${epoch.epoch}, and ${standbyOf} has no higher one: it stays the primary`,
    )
    return { epoch }
  }
  if (reseed || epoch.reason === RECORDS_GONE) {
    const aside = await moveAside(disk, folder)
    await epoch.forget()
    if (aside) say(`what was here is in ${aside}`)
  }
  if ((await segmentNumbers(disk, folder)).length === 0) await seedFrom(other, { disk, folder, epoch, say })
  return { epoch, follow: other }
}

/** Asks the other engine for its epoch: one that was promoted while this one was down ends this one's. */
async function hearFrom(address: string, epoch: Epoch): Promise<void> {
  const link = new EngineLink(
    address,
    { onClose: () => undefined },
    { epoch: epoch.known, engine: epoch.engine },
  )
  const late = setTimeout(() => {
    link.close()
  }, HELLO_MS)
  try {
    const { known } = await link.opened
    await epoch.hear(known)
  } catch {
    // It does not run. Then this one's own file is all there is to go by.
  } finally {
    clearTimeout(late)
    link.close()
  }
}

/** A new standby has nothing to serve until the primary has answered, however long that takes. */
async function seedFrom(
  address: string,
  { disk, folder, epoch, say }: { disk: Disk; folder: string; epoch: Epoch; say: (message: string) => void },
): Promise<void> {
  let told = ''
  for (;;) {
    const link = new EngineLink(
      address,
      { onClose: () => undefined },
      { epoch: epoch.known, engine: epoch.engine },
    )
    try {
      await epoch.hear((await link.opened).known)
      return await takeSeed(disk, folder, link)
    } catch (error) {
      const { message } = error as Error
      if (message !== told) say(`cannot begin to follow ${address}: ${message}`)
      told = message
      await pause(RETRY_MS)
    } finally {
      link.close()
    }
  }
}

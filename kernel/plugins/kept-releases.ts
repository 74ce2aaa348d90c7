import type { ReadPlugin } from './catalogue.ts'
import type { LifecycleParts } from './lifecycle-parts.ts'
import type { OperationRecord } from './operation-record.ts'

/**
 * Keeps what a folder holds, now that it serves: a rollback, a start after the folder has changed, and another machine
 * need it. When that fails the release serves all the same.
 */
export async function keepRelease(
  { packages, store, serving, host }: LifecycleParts,
  plugin: ReadPlugin,
  record: OperationRecord,
): Promise<void> {
  const { id, version } = plugin.manifest
  const active = serving.get(id)
  if (plugin.source === 'package' || !active) return
  const pages = active.contribution.pages
  try {
    await record.step('keep', async (detail) => {
      const known = await packages.find(id, version)
      if (known && isSame(known, { ...plugin, pages })) {
        await store.saveState({ id, digest: known.digest })
        return detail('kept already')
      }
      const { digest, size } = await packages.keep({ ...plugin, pages })
      await store.saveState({ id, digest })
      return detail(`${Math.ceil(size / 1024)} kB`)
    })
  } catch (error) {
    host.log.error(`${id} ${version} could not be kept for a rollback`, { plugin: id, error })
  }
}

function isSame(left: ReadPlugin, right: ReadPlugin): boolean {
  const hashes = ({ bundle, pages }: ReadPlugin): string =>
    [bundle.hash, pages?.portal?.hash, pages?.admin?.hash].join()
  return hashes(left) === hashes(right)
}

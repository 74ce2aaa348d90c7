import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { limitsDefault } from '../core/layout.ts'
import type { DiskFile, OpenMode } from '../journal/disk.ts'
import { Journal } from '../journal/journal.ts'
import { FaultDisk } from './fault-disk.ts'

/** Says which files are made anew, and fails when that happens while somebody still writes to one. */
class WatchedDisk extends FaultDisk {
  readonly made: string[] = []
  readonly #inUse = new Set<string>()

  override async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const file = await super.open(path, mode)
    if (mode !== 'create') return file
    assert.ok(!this.#inUse.has(path), `${path} is made twice at a time`)
    this.#inUse.add(path)
    this.made.push(path)
    const close = async (): Promise<void> => {
      this.#inUse.delete(path)
      await file.close()
    }
    return { ...file, close }
  }
}

describe('journal', () => {
  it('fills one segment ahead, and never two in the same place', async () => {
    const disk = new WatchedDisk()
    const troubles: string[] = []
    const journal = await Journal.open({
      disk,
      folder: '/data',
      journal: randomUUID(),
      limits: limitsDefault,
      end: undefined,
      segmentBytes: 3 << 20,
      onTrouble: (message) => troubles.push(message),
    })
    await journal.close()
    assert.deepEqual(
      disk.made,
      ['/data/journal-spare', '/data/journal-spare'],
      'its first segment and the next',
    )
    assert.deepEqual(troubles, [])
  })
})

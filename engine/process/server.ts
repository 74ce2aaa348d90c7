/** The engine as a process serves it: a folder with its journal, a socket, and one sequencer between them. */
import { mkdir, unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import type { Limits } from '../core/layout.ts'
import { nodeDisk, type Disk } from '../journal/disk.ts'
import { lockFolder } from '../journal/lock.ts'
import { Store } from '../journal/store.ts'
import { Connection } from './connection.ts'
import { prepareFolder, type FolderOptions } from '../standby/prepare-folder.ts'
import { becomeWriter, CopiedLog, openStream } from '../standby/stream-start.ts'
import { takeRole, type RoleOptions } from '../standby/take-role.ts'
import type { Service } from './service.ts'
import { Snapshotter, type SnapshotPolicy } from './snapshotter.ts'

export interface ServeOptions extends Partial<SnapshotPolicy>, RoleOptions, FolderOptions {
  readonly data: string
  /** A Unix socket's path, or host:port. */
  readonly socket: string
  readonly segmentBytes?: number
  readonly limits?: Partial<Limits>
  readonly disk?: Disk
  /** Told in a sentence of what an operator should know and what stops nothing. */
  readonly onTrouble?: (message: string) => void
  /** `jetstream://HOST:PORT/STREAM` keeps the journal there, with a copy in the folder. */
  readonly journal?: string
  /** Write to the stream although another engine was its last writer. */
  readonly takeOver?: boolean
  /** Told why this engine has to be closed and started again. */
  readonly onEnd?: (reason: string) => void
}

export interface EngineServer {
  /** Seq of the last event, of the snapshot the start began with, and how many commands it replayed after that. */
  readonly seq: number
  readonly snapshot: number
  readonly replayed: number
  readonly service: Service
  readonly snapshotter: Snapshotter
  /** Stops accepting, lets everything accepted become durable and answered, and gives the folder back. */
  close(): Promise<void>
}

async function listen(server: Server, socket: string): Promise<void> {
  const port = /^(.+):(\d+)$/.exec(socket)
  if (!port) await removeStaleSocket(socket)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    if (port) server.listen({ host: port[1]!, port: Number(port[2]) }, resolve)
    else server.listen(socket, resolve)
  })
}

/** A Unix socket outlives a killed process. One that still answers belongs to somebody, and listening on it fails. */
async function removeStaleSocket(path: string): Promise<void> {
  const isAnswered = await new Promise<boolean>((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => {
      resolve(false)
    })
  })
  if (!isAnswered) await unlink(path).catch(() => undefined)
}

/** Starts an engine on a folder. Rejects with `FolderLocked` or `JournalDamaged` when it must not run there. */
export async function serve(options: ServeOptions): Promise<EngineServer> {
  const { data, socket, disk = nodeDisk, onTrouble = () => undefined, onEnd = onTrouble } = options
  await mkdir(data, { recursive: true })
  const unlock = lockFolder(data)
  try {
    const { epoch, follow } = await prepareFolder(disk, data, { options, say: onTrouble })
    const stream = options.journal
      ? await openStream(options.journal, { disk, folder: data, epoch })
      : undefined
    const isBatched = epoch.role === 'standby' || epoch.role === 'diverged'
    const where = { ...options, disk, folder: data, isBatched, onTrouble }
    const { store, restored, journal } = await Store.open(where)
    await epoch.reach(restored.end.epoch, restored.end.seqNext)
    const takeOver = options.takeOver === true
    if (stream) await becomeWriter(stream, { epoch, store, restored, journal, takeOver })
    const copied =
      stream &&
      new CopiedLog(stream, journal, (error) => {
        onEnd(`the copy of the stream's journal cannot be written: ${String(error)}`)
      })
    const { bytesReplayed, snapshot, replayed } = restored
    const parts = { folder: data, disk, journal, log: store.log, bytesReplayed, onTrouble }
    const snapshotter = new Snapshotter(parts, options)
    const opened = { disk, folder: data, epoch, store, restored, journal, ...(copied && { stream: copied }) }
    const other = options.standbyOf ?? options.peer
    const others = { ...(follow !== undefined && { follow }), ...(other !== undefined && { other }) }
    const service = takeRole({ ...opened, ...others, options, say: onTrouble, onEnd })
    const server = createServer({ noDelay: true }, (accepted) => {
      service.connections.add(new Connection(accepted, service))
    })
    await listen(server, socket)
    const close = async (): Promise<void> => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const connection of service.connections) connection.pause()
      await snapshotter.close()
      await service.stop()
      for (const connection of service.connections) connection.close()
      await closed
      await copied?.close()
      await journal.close()
      await store.log.close()
      unlock()
    }
    return { seq: service.seqNext - 1, snapshot, replayed, service, snapshotter, close }
  } catch (error) {
    unlock()
    throw error
  }
}

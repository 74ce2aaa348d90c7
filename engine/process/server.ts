/** The engine as a process serves it: a folder with its journal, a socket, and one sequencer between them. */
import { mkdir, unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import type { Limits } from '../core/layout.ts'
import { nodeDisk, type Disk } from '../journal/disk.ts'
import { lockFolder } from '../journal/lock.ts'
import { Store } from '../journal/store.ts'
import { Connection } from './connection.ts'
import { Sequencer } from './sequencer.ts'
import { Snapshotter, type SnapshotPolicy } from './snapshotter.ts'

export interface ServeOptions extends Partial<SnapshotPolicy> {
  readonly data: string
  /** A Unix socket's path, or host:port. */
  readonly socket: string
  readonly segmentBytes?: number
  readonly limits?: Partial<Limits>
  readonly disk?: Disk
  /** Told in a sentence of what an operator should know and what stops nothing. */
  readonly onTrouble?: (message: string) => void
}

export interface EngineServer {
  /** Seq of the last event, of the snapshot the start began with, and how many commands it replayed after that. */
  readonly seq: number
  readonly snapshot: number
  readonly replayed: number
  readonly sequencer: Sequencer
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
  const { data, socket, disk = nodeDisk, onTrouble = () => undefined } = options
  await mkdir(data, { recursive: true })
  const unlock = lockFolder(data)
  try {
    const { store, restored, journal } = await Store.open({ ...options, disk, folder: data, onTrouble })
    const sequencer = new Sequencer(restored.state, {
      commandLog: journal,
      log: store.log,
      previousCrc: journal.end.previousCrc,
      reload: (takeEvents) => store.reload(takeEvents),
    })
    sequencer.epoch = restored.end.epoch
    store.live((events) => {
      sequencer.takeEvents(events)
    })
    const { bytesReplayed } = restored
    const parts = { folder: data, disk, journal, log: store.log, bytesReplayed, onTrouble }
    const snapshotter = new Snapshotter(parts, options)
    const connections = new Set<Connection>()
    const server = createServer({ noDelay: true }, (accepted) => {
      const connection = new Connection(accepted, sequencer)
      connections.add(connection)
      accepted.on('close', () => connections.delete(connection))
    })
    connectSequencer(sequencer, connections, onTrouble)
    await listen(server, socket)
    const close = async (): Promise<void> => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const connection of connections) connection.pause()
      await snapshotter.close()
      await sequencer.drain()
      for (const connection of connections) connection.close()
      await closed
      await journal.close()
      await store.log.close()
      unlock()
    }
    const { snapshot, replayed } = restored
    return { seq: sequencer.seqNext - 1, snapshot, replayed, sequencer, snapshotter, close }
  } catch (error) {
    unlock()
    throw error
  }
}

/** Events go to every follower; a sequencer with too much waiting stops all sockets until it has written it. */
function connectSequencer(
  sequencer: Sequencer,
  connections: ReadonlySet<Connection>,
  onTrouble: (message: string) => void,
): void {
  sequencer.onEvents = (events, firstSeq, nextSeq) => {
    for (const connection of connections) connection.publish(events, firstSeq, nextSeq)
  }
  sequencer.onFull = () => {
    for (const connection of connections) connection.pause()
  }
  sequencer.onRoom = () => {
    for (const connection of connections) connection.resume()
  }
  let reason: string | undefined
  sequencer.onFailure = (failure) => {
    if (failure?.message === reason) return
    reason = failure?.message
    onTrouble(
      reason === undefined
        ? 'commands are accepted again'
        : `commands are refused, because the journal cannot be written: ${reason}`,
    )
  }
}

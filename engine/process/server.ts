/** The engine as a process serves it: a folder with its journal, a socket, and one sequencer between them. */
import { randomInt } from 'node:crypto'
import { mkdir, unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { Connection } from './connection.ts'
import { eventsFrom, EventLog } from '../journal/event-log.ts'
import { Journal, readLimits, replayJournal, type JournalEnd } from '../journal/journal.ts'
import { limitsDefault, type Limits } from '../core/layout.ts'
import { lockFolder } from '../journal/lock.ts'
import { applyRecord, Sequencer } from './sequencer.ts'
import { createState, type EngineState } from '../core/state.ts'
import { SEQ_NEXT } from '../core/layout.ts'

export interface ServeOptions {
  readonly data: string
  /** A Unix socket's path, or host:port. */
  readonly socket: string
  readonly segmentBytes?: number
  readonly limits?: Partial<Limits>
}

export interface EngineServer {
  /** Seq of the last event, and how many commands' records the start replayed. */
  readonly seq: number
  readonly replayed: number
  readonly sequencer: Sequencer
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

/** Replays the journal into `state`, and into the log the events that a power cut may have taken from it. */
async function restore(
  data: string,
  state: EngineState,
  { log, pending }: { log: EventLog; pending: Buffer[] },
): Promise<{ end: JournalEnd | undefined; replayed: number }> {
  let replayed = 0
  const replay = async (commands: Buffer, count: number): Promise<number> => {
    const nextSeq = applyRecord(state, commands)
    replayed += count
    if (pending.length > 0) {
      const events = eventsFrom(Buffer.concat(pending.splice(0)), log.nextSeq)
      await log.append(events, log.nextSeq, nextSeq - log.nextSeq)
    }
    return nextSeq
  }
  const end = await replayJournal(data, replay, log.nextSeq)
  return { end, replayed }
}

/** Starts an engine on a folder. Rejects with `FolderLocked` or `JournalDamaged` when it must not run there. */
export async function serve({ data, socket, segmentBytes, limits }: ServeOptions): Promise<EngineServer> {
  await mkdir(data, { recursive: true })
  const unlock = lockFolder(data)
  try {
    const chosen = { ...limitsDefault, hashSeed: randomInt(2 ** 31), ...limits }
    const inForce = (await readLimits(data)) ?? chosen
    const log = await EventLog.open(join(data, 'events'))
    const pending: Buffer[] = []
    let takeEvents = (records: Uint8Array): void => {
      if (state.f[SEQ_NEXT >> 1]! > log.nextSeq) pending.push(Buffer.from(records))
    }
    const state = createState(inForce, (records) => {
      takeEvents(records)
    })
    const { end, replayed } = await restore(data, state, { log, pending })
    const journal = await Journal.open(data, { limits: inForce, end, ...(segmentBytes && { segmentBytes }) })
    const sequencer = new Sequencer(state, { journal, log })
    takeEvents = (records) => {
      sequencer.takeEvents(records)
    }
    const seq = sequencer.seqNext - 1
    const connections = new Set<Connection>()
    const server = createServer({ noDelay: true }, (accepted) => {
      const connection = new Connection(accepted, sequencer)
      connections.add(connection)
      accepted.on('close', () => connections.delete(connection))
    })
    connectSequencer(sequencer, connections)
    await listen(server, socket)
    const close = async (): Promise<void> => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const connection of connections) connection.pause()
      await sequencer.drain()
      for (const connection of connections) connection.close()
      await closed
      await journal.close()
      await log.close()
      unlock()
    }
    return { seq, replayed, sequencer, close }
  } catch (error) {
    unlock()
    throw error
  }
}

/** Events go to every follower; a sequencer with too much waiting stops all sockets until it has written it. */
function connectSequencer(sequencer: Sequencer, connections: ReadonlySet<Connection>): void {
  sequencer.onEvents = (events, firstSeq, nextSeq) => {
    for (const connection of connections) connection.publish(events, firstSeq, nextSeq)
  }
  sequencer.onFull = () => {
    for (const connection of connections) connection.pause()
  }
  sequencer.onRoom = () => {
    for (const connection of connections) connection.resume()
  }
}

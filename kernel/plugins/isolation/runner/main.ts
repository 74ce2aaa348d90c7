/**
 * The program of a runner: a thread or process that holds one started copy of one plugin. It is bundled to one text and
 * reads nothing from the disk; `runnerModules` and `runnerRequire` are put before it by the bundler's entry.
 */
import type { Knex } from 'knex'
import type { Logger } from '../../../log/index.ts'
import type { Migration } from '../../../database/index.ts'
import { evaluate, type PluginCode } from '../../evaluation.ts'
import type { PluginServer } from '../../plugin-server.ts'
import { Scope } from '../../scope.ts'
import type {
  HeapReport,
  MigrationMessage,
  StartedMessage,
  StartMessage,
  StatementAnswer,
} from '../messages.ts'
import { Peer, type Port, type StepCarrier } from '../peer.ts'
import { fencedRequire, raiseFence } from './fence.ts'
import type {
  StatementDesk,
  remoteDatabase as makeDatabase,
  transactionId as idOf,
} from './remote-database.ts'
import { remoteKernel, type RemoteState } from './remote-kernel.ts'
import { ServedPlugin } from './served-plugin.ts'

export interface RunnerSurroundings {
  readonly modules: Readonly<Record<string, () => unknown>>
  readonly require: (id: string) => unknown
  database(): { readonly remoteDatabase: typeof makeDatabase; readonly transactionId: typeof idOf }
}

const DISPOSE_MS = 5_000

/** Called by the bundle's entry once, before anything else can run. */
export function runRunner(surroundings: RunnerSurroundings): void {
  const port = hostPort(surroundings.require)
  const memoryUsage = process.memoryUsage.bind(process)
  const exit = process.exit.bind(process)
  raiseFence()
  const runner = new Runner(surroundings, port, memoryUsage)
  runner.listen(exit)
}

interface WorkerThreads {
  readonly parentPort: {
    postMessage(message: unknown): void
    on(event: 'message', listener: (message: unknown) => void): void
  } | null
}

function hostPort(require: (id: string) => unknown): Port {
  const { parentPort } = require('node:worker_threads') as WorkerThreads
  if (parentPort) {
    return {
      post: (message) => parentPort.postMessage(message),
      listen: (onMessage) => parentPort.on('message', onMessage),
    }
  }
  const host = process
  const send = host.send?.bind(host)
  if (!send) throw new Error('A runner has nobody to answer to.')
  host.on('disconnect', () => host.exit(0))
  return { post: (message) => send(message), listen: (onMessage) => host.on('message', onMessage) }
}

interface AsyncHooks {
  readonly AsyncLocalStorage: new () => {
    getStore(): string | undefined
    run<T>(step: string | undefined, work: () => T): T
  }
}

/** Which step of a trace the plugin's code works for, however it awaits. */
function stepCarrier(require: (id: string) => unknown): StepCarrier {
  const { AsyncLocalStorage } = require('node:async_hooks') as AsyncHooks
  const storage = new AsyncLocalStorage()
  return { leave: () => storage.getStore(), run: (step, work) => storage.run(step, work) }
}

class Runner {
  readonly #surroundings: RunnerSurroundings
  readonly #peer: Peer
  readonly #log: Logger
  readonly #scope: Scope
  readonly #memoryUsage: () => NodeJS.MemoryUsage
  #exit: () => void = () => undefined
  #code: PluginCode | undefined
  #served: ServedPlugin | undefined
  #state: RemoteState | undefined
  #database: Knex | undefined

  constructor(surroundings: RunnerSurroundings, port: Port, memoryUsage: () => NodeJS.MemoryUsage) {
    this.#surroundings = surroundings
    this.#memoryUsage = memoryUsage
    this.#peer = new Peer({
      port,
      steps: stepCarrier(surroundings.require),
      serve: (method, args) => this.#serve(method, args),
      transactionId: (value) => (this.#database ? surroundings.database().transactionId(value) : undefined),
      translate: (error) => this.#code?.translate(error) ?? error,
      onError: (error) => this.#log.error('a message of the kernel could not be taken in', { error }),
    })
    this.#log = this.#ownLog()
    this.#scope = new Scope(this.#log)
    Object.assign(console, consoleOf(this.#log))
  }

  listen(exit: () => void): void {
    this.#exit = exit
    this.#peer.tell('ready', [])
  }

  #serve(method: string, args: unknown[]): unknown {
    const [first, second, third, fourth] = args as [never, never, never, never]
    switch (method) {
      case 'handle':
        return this.#plugin.handle(first)
      case 'call.abort':
        return this.#plugin.abort(first)
      case 'extension':
        return this.#plugin.extension(first, second, third)
      case 'socket':
        return this.#plugin.socket(first, second, third, fourth)
      case 'exportUser':
        return this.#plugin.exportUser(first)
      case 'eraseUser':
        return this.#plugin.eraseUser(first)
      case 'health':
        return this.#plugin.health()
      case 'ping':
        return this.#heap()
      case 'clock':
        return this.#state?.setClock(first)
      case 'settings':
        return this.#state?.setSettings(first)
      case 'reserved':
        return this.#state?.setReserved(first, second)
      default:
        return this.#change(method, [first, second, third])
    }
  }

  /** What happens once in a runner's life, or to its migrations. */
  #change(method: string, [first, second, third]: [never, never, never]): unknown {
    switch (method) {
      case 'start':
        return this.#start(first)
      case 'begin':
        return this.#scope.begin()
      case 'endLoops':
        return this.#scope.endLoops(first)
      case 'dispose':
        return this.#scope.dispose(DISPOSE_MS).finally(() => setImmediate(this.#exit))
      case 'manifest':
        return JSON.stringify(this.#evaluate(first).manifest)
      case 'migrations':
        return this.#evaluate(first)
          .migrations()
          .map(({ name, ...rest }): MigrationMessage => ({ name, ...phaseOf(rest) }))
      case 'migrate':
        return this.#migrate(first, second, third)
      default:
        throw new Error(`The kernel asked for ${method}, which this runner does not know.`)
    }
  }

  get #plugin(): ServedPlugin {
    if (!this.#served) throw new Error('The plugin is not started.')
    return this.#served
  }

  #evaluate({ bundle, pluginId, directory }: StartMessage): PluginCode {
    const { modules, require } = this.#surroundings
    this.#code ??= evaluate({ ...bundle, inputs: [] }, pluginId, directory, fencedRequire(modules, require))
    return this.#code
  }

  async #start(message: StartMessage): Promise<StartedMessage> {
    const start = this.#evaluate(message).start()
    const { kernel, state } = remoteKernel({
      start: message,
      peer: this.#peer,
      scope: this.#scope,
      log: this.#log,
      database: () => this.#openDatabase(),
    })
    this.#state = state
    const server: PluginServer = start ? await start(kernel) : { implementations: [] }
    this.#served = new ServedPlugin(server, this.#peer, kernel.clock)
    return this.#served.describe(message.pluginId)
  }

  #openDatabase(): Knex {
    const peer = this.#peer
    this.#database ??= this.#surroundings.database().remoteDatabase({
      run: (statement) => peer.ask('sql.run', [statement]) as Promise<StatementAnswer>,
      begin: async (transaction, mode) => void (await peer.ask('sql.begin', [transaction, mode])),
      end: async (transaction, how) => void (await peer.ask('sql.end', [transaction, how])),
    })
    return this.#database
  }

  /** The statements go to where the kernel says: the database, or a list of what would be done. */
  async #migrate(name: string, direction: 'up' | 'down', desk: StatementDesk): Promise<void> {
    const migration = this.#code?.migrations().find((known) => known.name === name)
    if (!migration) throw new Error(`There is no migration ${name}.`)
    await migration[direction](this.#surroundings.database().remoteDatabase(desk))
  }

  #heap(): HeapReport {
    const { heapUsed, external, arrayBuffers } = this.#memoryUsage()
    return { heapBytes: heapUsed, externalBytes: Math.max(external, arrayBuffers) }
  }

  #ownLog(): Logger {
    const write = (level: keyof Logger) => (message: string, data?: object) => {
      try {
        for (const value of Object.values(data ?? {})) this.#code?.translate(value)
        this.#peer.tell('log', [level, message, data])
      } catch {
        // What cannot be cloned is still worth its message.
        this.#peer.tell('log', [level, message])
      }
    }
    return { info: write('info'), warn: write('warn'), error: write('error') }
  }
}

function phaseOf(migration: Omit<Migration, 'name'>): Pick<MigrationMessage, 'phase'> {
  const { phase } = migration as { readonly phase?: MigrationMessage['phase'] }
  return phase ? { phase } : {}
}

/** A plugin's prints are lines of its log. */
function consoleOf(log: Logger): Partial<Console> {
  const print =
    (level: keyof Logger) =>
    (...parts: unknown[]) =>
      log[level](parts.map(String).join(' '))
  const [info, warn, error] = [print('info'), print('warn'), print('error')]
  return { log: info, info, debug: info, trace: info, warn, error }
}

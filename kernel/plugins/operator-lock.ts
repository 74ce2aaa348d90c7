import type { Knex } from 'knex'
import { pluginsRefusals } from './refusals.ts'

const WAIT_SECONDS = 10

interface ConnectionSource {
  acquireConnection(): Promise<unknown>
  releaseConnection(connection: unknown): Promise<void>
}

/**
 * One change at a time: in this process by a queue, among the processes that share the database by a lock that lives as
 * long as its connection, so that a crash frees it.
 */
export class OperatorLock {
  readonly #database: Knex
  #last: Promise<unknown> = Promise.resolve()

  constructor(database: Knex) {
    this.#database = database
  }

  run<T>(work: () => Promise<T>, waitSeconds = WAIT_SECONDS): Promise<T> {
    const result = this.#last.then(() => this.#locked(work, waitSeconds))
    this.#last = result.catch(() => undefined)
    return result
  }

  async #locked<T>(work: () => Promise<T>, waitSeconds: number): Promise<T> {
    const client = this.#database.client as ConnectionSource
    const connection = await client.acquireConnection()
    // Lock names are the server's, not the database's, and at most 64 letters long.
    const name = "CONCAT('cambium.plugins.', LEFT(SHA1(DATABASE()), 32))"
    try {
      const [[row]] = (await this.#database
        .raw(`SELECT GET_LOCK(${name}, ?) AS isLocked`, [waitSeconds])
        .connection(connection)) as [[{ isLocked: number }]]
      if (row.isLocked !== 1) throw pluginsRefusals.operation_running()
      return await work()
    } finally {
      await this.#database.raw(`SELECT RELEASE_LOCK(${name})`).connection(connection)
      await client.releaseConnection(connection)
    }
  }
}

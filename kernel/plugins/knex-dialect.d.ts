declare module 'knex/lib/dialects/mysql2/index.js' {
  import { Knex } from 'knex'

  /** Knex exports the class, but not its type. */
  export default class MysqlClient extends Knex.Client {
    _query(connection: unknown, query: object): Promise<unknown>
    raw(sql: string, bindings: readonly unknown[]): Knex.Raw
  }
}

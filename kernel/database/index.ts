export { createDatabase, createDatabaseAs, type DatabaseAccount, type DatabaseOptions } from './database.ts'
export { migrateKernel, pendingKernelMigrations } from './kernel-migrations.ts'
export { loadMigrations } from './migration-files.ts'
export {
  migrateDown,
  MigrationError,
  migrateUp,
  unknownMigrations,
  type AppliedMigration,
  type Migration,
} from './migrations.ts'
export { createRedis } from './redis.ts'
export { escapeLike, execute, insertRows, selectRows } from './statement.ts'
export { isTransient, transaction } from './transaction.ts'
export {
  SLOW_STATEMENT_MS,
  watchAlike,
  watchDatabase,
  type PoolFigures,
  type SlowStatement,
  type WatchedDatabase,
} from './watched.ts'

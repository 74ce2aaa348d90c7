import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { createConnection } from 'mysql2/promise'
import { type ChildDeclaration, type ProcessUser, whenProbed } from '../supervisor/index.ts'
import { endOrphan } from './pid-file.ts'
import type { ServerPrograms } from './debian-packages.ts'
import { databaseConnection } from './service-url.ts'
import { provideServiceDirectory } from './service-user.ts'
import { SetupError } from './setup-error.ts'
import { provideSocketDirectory } from './socket-path.ts'

/** A server of our own that is prepared but not yet running. */
export interface PrivateServer {
  readonly declaration: ChildDeclaration
  readonly url: string
}

const TMPFS_MAGIC = 0x01021994

const serverOptions = [
  '--skip-networking',
  '--skip-name-resolve',
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_bin',
  '--sql-mode=STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
  '--transaction-isolation=READ-COMMITTED',
  '--innodb-flush-log-at-trx-commit=1',
  '--max-connections=250',
  '--max-allowed-packet=64M',
  '--performance-schema=OFF',
]

/** Prepares a MariaDB in `directory`: socket only, its one account behind a generated password. */
export async function prepareMariadb(
  directory: string,
  { mariadbd, shareDirectory, libraryPath }: ServerPrograms,
): Promise<PrivateServer> {
  const user = provideServiceDirectory(directory)
  const socketPath = path.join(provideSocketDirectory(directory, user), 'mariadb.sock')
  const pidFile = path.join(directory, 'mariadb.pid')
  await endOrphan(pidFile, directory)

  const dataDirectory = path.join(directory, 'data')
  const temporaryDirectory = provideOwned(path.join(directory, 'tmp'), user)
  const env: Readonly<Record<string, string>> = libraryPath ? { LD_LIBRARY_PATH: libraryPath } : {}
  const common = [
    '--no-defaults',
    `--lc-messages-dir=${shareDirectory}`,
    `--character-sets-dir=${path.join(shareDirectory, 'charsets')}`,
    `--tmpdir=${temporaryDirectory}`,
    '--innodb-log-file-size=48M',
    '--innodb-buffer-pool-size=256M',
    '--skip-log-bin',
    ...(process.getuid?.() === 0 && !user ? ['--user=root'] : []),
    // Native asynchronous writes do not work on a memory file system.
    ...(statfsSync(directory).type === TMPFS_MAGIC ? ['--innodb-use-native-aio=0'] : []),
  ]
  const password = provideSystemTables({
    directory,
    dataDirectory,
    shareDirectory,
    mariadbd,
    common,
    env,
    user,
  })
  const url = `mysql://cambium:${password}@localhost/cambium?socketPath=${encodeURI(socketPath)}`

  const declaration: ChildDeclaration = {
    name: 'mariadb',
    command: mariadbd,
    args: [
      ...common,
      `--datadir=${dataDirectory}`,
      `--socket=${socketPath}`,
      `--pid-file=${pidFile}`,
      ...serverOptions,
    ],
    env,
    ...(user ? { user } : {}),
    // A socket that accepts is not enough: a server told to stop before it answers hangs for ever.
    mustBeReadyToStop: true,
    ready: whenProbed(() => selectOne(url)),
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 15_000,
    isInteresting: (line) => line.includes('[ERROR]'),
  }
  return { declaration, url }
}

interface SystemTablesRequest {
  readonly directory: string
  readonly dataDirectory: string
  readonly shareDirectory: string
  readonly mariadbd: string
  readonly common: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly user: ProcessUser | undefined
}

/**
 * Writes the system tables on first use and answers the account's password.
 * The folder gets its name only when it is complete, so an interrupted first start begins again.
 */
function provideSystemTables(request: SystemTablesRequest): string {
  const { directory, dataDirectory, shareDirectory, mariadbd, common, env, user } = request
  const passwordFile = path.join(directory, 'password')
  if (existsSync(dataDirectory)) return readFileSync(passwordFile, 'utf8')

  const unfinished = `${dataDirectory}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  provideOwned(unfinished, user)
  const password = randomBytes(18).toString('base64url')
  writeFileSync(passwordFile, password, { mode: 0o600 })

  const { status, stderr, error } = spawnSync(
    mariadbd,
    [...common, `--datadir=${unfinished}`, '--bootstrap', '--enforce-storage-engine='],
    {
      input: systemTablesSql(shareDirectory, password),
      env: { ...process.env, ...env },
      encoding: 'utf8',
      ...user,
    },
  )
  if (status !== 0) {
    const lastLines = (error?.message ?? stderr).trim().split('\n').slice(-5).join('\n')
    throw new SetupError(`MariaDB could not write its system tables in ${directory}:\n${lastLines}`)
  }
  renameSync(unfinished, dataDirectory)
  return password
}

/** `mariadb-install-db` refuses a server that was unpacked without root; its SQL files work everywhere. */
function systemTablesSql(shareDirectory: string, password: string): string {
  const files = [
    'system_tables.sql',
    'performance_tables.sql',
    'system_tables_data.sql',
    'add_gis_sp_bootstrap.sql',
    'sys_schema.sql',
  ]
  return [
    'CREATE DATABASE mysql;',
    'USE mysql;',
    'SET @auth_root_socket=NULL;',
    ...files.map((file) => readSystemSql(shareDirectory, file)),
    'USE mysql;',
    'FLUSH PRIVILEGES;',
    `CREATE USER cambium@localhost IDENTIFIED BY '${password}';`,
    'GRANT ALL PRIVILEGES ON *.* TO cambium@localhost WITH GRANT OPTION;',
    "DELETE FROM global_priv WHERE user IN ('root', '');",
    'CREATE DATABASE cambium CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;',
    '',
  ].join('\n')
}

/** The same file is called `mysql_…` up to MariaDB 10 and `mariadb_…` from 11 on. */
function readSystemSql(shareDirectory: string, file: string): string {
  const candidates = ['mysql_', 'mariadb_', 'maria_'].map((prefix) =>
    path.join(shareDirectory, prefix + file),
  )
  const found = candidates.find((candidate) => existsSync(candidate))
  if (!found)
    throw new SetupError(`MariaDB's ${file} is missing in ${shareDirectory}; reinstall mariadb-server-core.`)
  return readFileSync(found, 'utf8')
}

function provideOwned(directory: string, user: ProcessUser | undefined): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if (user) chownSync(directory, user.uid, user.gid)
  return directory
}

async function selectOne(url: string): Promise<void> {
  const connection = await createConnection({ ...databaseConnection(url), connectTimeout: 1_000 })
  await connection.query('SELECT 1')
  await connection.end()
}

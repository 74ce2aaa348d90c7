import type { Knex } from 'knex'
import { execute, selectRows } from '../database/index.ts'

export async function readCheckpoint(source: Knex, name: string): Promise<number> {
  const statement = 'SELECT seq FROM exchange_checkpoints WHERE name = ?'
  const [row] = await selectRows<{ seq: string }>(source, statement, [name])
  return Number(row?.seq ?? 0)
}

const lockStatement = 'SELECT seq FROM exchange_checkpoints WHERE name = ? FOR UPDATE'

/** Locks the checkpoint until `trx` ends, so that of two workers with the same name one waits and then finds the work done. */
export async function lockCheckpoint(trx: Knex.Transaction, name: string): Promise<number> {
  const [known] = await selectRows<{ seq: string }>(trx, lockStatement, [name])
  if (known) return Number(known.seq)
  await execute(trx, 'INSERT IGNORE INTO exchange_checkpoints VALUES (?, 0, ?)', [name, new Date()])
  const [made] = await selectRows<{ seq: string }>(trx, lockStatement, [name])
  return Number(made?.seq ?? 0)
}

export async function moveCheckpoint(trx: Knex.Transaction, name: string, seq: number): Promise<void> {
  const statement = 'UPDATE exchange_checkpoints SET seq = ?, updated_at = ? WHERE name = ?'
  await execute(trx, statement, [seq, new Date(), name])
}

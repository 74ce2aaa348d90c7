import type { Knex } from 'knex'

/** Runs of jobs, waiting, running and over. Who runs one holds a lease that ends by itself. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE jobs_runs (
      id CHAR(26) NOT NULL PRIMARY KEY,
      name VARCHAR(128) NOT NULL,
      owner VARCHAR(64) NOT NULL,
      origin VARCHAR(16) NOT NULL,
      run_key VARCHAR(190) NULL,
      data LONGTEXT NULL,
      state VARCHAR(16) NOT NULL,
      attempt SMALLINT UNSIGNED NOT NULL DEFAULT 0,
      due_at DATETIME(3) NOT NULL,
      run_at DATETIME(3) NOT NULL,
      started_at DATETIME(3) NULL,
      finished_at DATETIME(3) NULL,
      lease_node CHAR(26) NULL,
      lease_until DATETIME(3) NULL,
      is_cancel_requested BOOLEAN NOT NULL DEFAULT FALSE,
      progress TINYINT UNSIGNED NULL,
      progress_text VARCHAR(200) NULL,
      \`lines\` LONGTEXT NULL,
      result LONGTEXT NULL,
      reason TEXT NULL,
      UNIQUE KEY jobs_runs_key (name, run_key),
      KEY jobs_runs_due (state, name, run_at),
      KEY jobs_runs_name (name, id),
      KEY jobs_runs_finished (finished_at)
    ) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('jobs_runs')
}

/** The engine's process: `node engine/main.ts --data DIR --socket PATH|HOST:PORT`. */
import './process/collecting.ts'
import './process/inlining.ts'
import { parseArgs } from 'node:util'
import { parseKeep } from './journal/retention.ts'
import { serve, type ServeOptions } from './process/server.ts'
import { standbyModes } from './standby/replication.ts'

const usage = `usage: node engine/main.ts --data DIR --socket PATH|HOST:PORT
  --snapshot-every 256MB|15m|256MB,15m|never   by bytes of journal, by time, or both
  --journal-keep all|N|archive:DIR             segments that no snapshot needs
  --events-keep all|SIZE                       events for followers and repeated keys
  --segment-bytes SIZE                         of a file of the journal
  --journal jetstream://HOST:PORT/STREAM       keep it in a stream of NATS (or ENGINE_JOURNAL)
  --take-over                                  write to a stream that another engine wrote to last
  --standby-of PATH|HOST:PORT                  follow that engine instead of taking commands
  --peer PATH|HOST:PORT                        the other of two engines, which may have been promoted
  --standby async|sync|sync-or-alone           what an answer of a primary waits for
  --standby-wait 5s                            how long it waits for the standby
  --reseed                                     of a standby: move aside what is here and begin again
  --forget-standby                             of a primary: the standby it waits for is gone and not promoted`

const units = { MB: 1 << 20, GB: 1 << 30, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** A number with one of the units that fit, as "256MB" or "15m". */
function amount(option: string, text: string, ...fitting: readonly (keyof typeof units)[]): number {
  const [, digits = '', unit = ''] = /^(\d{1,15})([a-zA-Z]*)$/.exec(text) ?? []
  if (unit === '' && digits !== '' && fitting.includes('MB')) return Number.parseInt(digits, 10)
  const known = fitting.find((name) => name === unit)
  if (!known) throw new Error(`--${option} "${text}" is not understood\n${usage}`)
  return Number.parseInt(digits, 10) * units[known]
}

function snapshotEvery(text: string): Pick<ServeOptions, 'snapshotBytes' | 'snapshotMs'> {
  const policy = { snapshotBytes: 0, snapshotMs: 0 }
  for (const part of text === 'never' ? [] : text.split(',')) {
    if (/[smh]$/.test(part)) policy.snapshotMs = amount('snapshot-every', part, 's', 'm', 'h')
    else policy.snapshotBytes = amount('snapshot-every', part, 'MB', 'GB')
  }
  return policy
}

function optionsFrom(args: readonly string[]): ServeOptions {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: text,
      socket: text,
      'segment-bytes': text,
      'snapshot-every': text,
      'journal-keep': text,
      'events-keep': text,
      'standby-of': text,
      standby: text,
      'standby-wait': text,
      reseed: flag,
      'forget-standby': flag,
      peer: text,
      journal: text,
      'take-over': flag,
    },
  })
  const { data, socket } = values
  if (!data || !socket) throw new Error(usage)
  const segment = values['segment-bytes']
  const every = values['snapshot-every']
  const journal = values['journal-keep']
  const events = values['events-keep']
  return {
    data,
    socket,
    ...(segment !== undefined && { segmentBytes: amount('segment-bytes', segment, 'MB') }),
    ...(every !== undefined && snapshotEvery(every)),
    ...(journal !== undefined && { journalKeep: parseKeep(journal) }),
    ...(events !== undefined && {
      eventsKeep: events === 'all' ? Infinity : amount('events-keep', events, 'MB', 'GB'),
    }),
    ...standbyOptions(values),
    ...journalOptions(values.journal ?? process.env.ENGINE_JOURNAL, values['take-over'] === true),
  }
}

function journalOptions(
  journal: string | undefined,
  takeOver: boolean,
): Pick<ServeOptions, 'journal' | 'takeOver'> {
  return { takeOver, ...(journal && { journal }) }
}

function standbyOptions(values: {
  readonly 'standby-of'?: string
  readonly peer?: string
  readonly standby?: string
  readonly 'standby-wait'?: string
  readonly reseed?: boolean
  readonly 'forget-standby'?: boolean
}): Pick<ServeOptions, 'standbyOf' | 'peer' | 'standby' | 'standbyWaitMs' | 'reseed' | 'forgetStandby'> {
  const of = values['standby-of']
  const wait = values['standby-wait']
  const mode = standbyModes.find((one) => one === values.standby)
  if (values.standby !== undefined && !mode) {
    throw new Error(`--standby "${values.standby}" is not understood\n${usage}`)
  }
  return {
    reseed: values.reseed === true,
    forgetStandby: values['forget-standby'] === true,
    ...(of !== undefined && { standbyOf: of }),
    ...(values.peer !== undefined && { peer: values.peer }),
    ...(mode && { standby: mode }),
    ...(wait !== undefined && { standbyWaitMs: amount('standby-wait', wait, 'ms', 's', 'm') }),
  }
}

async function main(): Promise<void> {
  const startedAt = performance.now()
  const onTrouble = (message: string): void => {
    process.stderr.write(`engine: ${message}\n`)
  }
  const onEnd = (reason: string): void => {
    onTrouble(reason)
    process.exit(1)
  }
  const server = await serve({ ...optionsFrom(process.argv.slice(2)), onTrouble, onEnd })
  const ms = Math.round(performance.now() - startedAt)
  const { seq, snapshot, replayed, service } = server
  const { role, epoch } = service.epoch
  process.stdout.write(`${JSON.stringify({ ready: true, role, epoch, seq, snapshot, replayed, ms })}\n`)
  server.snapshotter.onMade = (made) => {
    process.stdout.write(`${JSON.stringify(made)}\n`)
  }
  const stop = (): void => {
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`engine: ${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

main().catch((error: unknown) => {
  process.stderr.write(`engine: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})

/**
 * A process that lives for one package: evaluates its code, without files, environment or network, and says what its
 * `plugin.ts` declares and what SQL its migrations would send. Started by `code-inspection.ts` only.
 */
import dgram from 'node:dgram'
import net from 'node:net'
import { inspectMigration, type InspectedMigration } from '../dry-run.ts'
import { evaluate } from '../evaluation.ts'
import type { InspectedCode, InspectionReply, InspectionRequest } from './code-inspection.ts'

/** Kept before the package's code runs, which could otherwise answer in our place. */
const reply = process.send?.bind(process) as (message: InspectionReply, sent: () => void) => void

/** Whose line it was does not matter here. */
const noMap = JSON.stringify({ version: 3, sources: [], names: [], mappings: '' })

/** Node's permission flags know files and processes, not sockets. */
function closeNetwork(): void {
  const refuse = (): never => {
    throw new Error('There is no network while a package is inspected.')
  }
  net.Socket.prototype.connect = refuse
  net.Server.prototype.listen = refuse
  dgram.Socket.prototype.bind = refuse
  dgram.Socket.prototype.send = refuse
}

function closeProcess(): void {
  for (const name of ['send', 'channel', 'binding', 'getBuiltinModule', 'dlopen']) {
    Object.defineProperty(process, name, { value: undefined, writable: false, configurable: false })
  }
}

async function inspect({ code, pluginId }: InspectionRequest): Promise<InspectedCode> {
  const plugin = evaluate({ code, map: noMap, hash: 'inspected', inputs: [] }, pluginId, '/')
  const migrations: InspectedMigration[] = []
  for (const migration of plugin.migrations()) migrations.push(await inspectMigration(migration))
  return { manifest: JSON.stringify(plugin.manifest), migrations }
}

process.once('message', (request: InspectionRequest) => {
  const { token } = request
  closeNetwork()
  closeProcess()
  inspect(request).then(
    (inspected) => reply({ token, inspected }, () => process.exit(0)),
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      reply({ token, reason: reason.slice(0, 1000) }, () => process.exit(0))
    },
  )
})

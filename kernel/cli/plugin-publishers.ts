import { readFile } from 'node:fs/promises'
import { InvalidArgumentError, type Command } from 'commander'
import { listPublishers, revokePublisher, trustPublisher, type Publisher } from '../plugins/routes.ts'
import { operatorApi } from './operator-api.ts'
import { print, table, type OutputOptions } from './output.ts'

interface TrustOptions extends OutputOptions {
  readonly publisher: string
  readonly expires?: string
}

/** `cambium plugin publishers …`: whose signatures count. */
export function addPublisherCommands(plugin: Command): void {
  const publishers = plugin.command('publishers').description('Keys whose signatures are trusted')

  publishers
    .command('list', { isDefault: true })
    .description('Every key that is or was trusted')
    .option('--json', 'print JSON')
    .action(async (options: OutputOptions) => {
      const { items } = await operatorApi()(listPublishers, {})
      print(items, options, readablePublishers)
    })

  publishers
    .command('trust')
    .argument('<file>', 'the public key')
    .description('Trust a key to sign the packages of one publisher')
    .requiredOption('--publisher <name>', 'as the manifests of the packages name it')
    .option('--expires <date>', 'such as 2027-12-31', date)
    .option('--json', 'print JSON')
    .action(async (file: string, { publisher, expires, json }: TrustOptions) => {
      const publicKey = await readFile(file, 'utf8')
      const key = { publicKey, publisher, ...(expires === undefined ? {} : { expiresAt: expires }) }
      const trusted = await operatorApi()(trustPublisher, key)
      print(trusted, { json: json === true }, (one) => readablePublishers([one]))
    })

  publishers
    .command('revoke')
    .argument('<keyId>', 'of the key')
    .description('Trust a key no longer; what was installed with it stays')
    .option('--json', 'print JSON')
    .action(async (keyId: string, options: OutputOptions) => {
      print(await operatorApi()(revokePublisher, { keyId }), options, (one) => readablePublishers([one]))
    })
}

function date(text: string): string {
  if (Number.isNaN(Date.parse(text))) throw new InvalidArgumentError('must be a date such as 2027-12-31.')
  return new Date(text).toISOString()
}

function readablePublishers(items: readonly Publisher[]): string {
  if (items.length === 0) return 'No key is trusted.'
  return table(
    ['KEY', 'PUBLISHER', 'STATE', 'TRUSTED', 'BY'],
    items.map((key) => [key.keyId, key.publisher, stateOf(key), key.trustedAt.slice(0, 10), key.trustedBy]),
  )
}

function stateOf({ revokedAt, expiresAt }: Publisher): string {
  if (revokedAt !== null) return `revoked ${revokedAt.slice(0, 10)}`
  if (expiresAt === null) return 'trusted'
  return `${Date.parse(expiresAt) <= Date.now() ? 'expired' : 'until'} ${expiresAt.slice(0, 10)}`
}

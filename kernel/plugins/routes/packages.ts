import { Array, Enum, Integer, Null, Number, Object, Optional, String, Union, type Static } from 'typebox'
import { route, timestamp } from '../../contract/index.ts'
import { packageLimits } from '../packages/limits.ts'
import { packagesRefusals } from '../packages/refusals.ts'
import { pluginsRefusals } from '../refusals.ts'
import { manage, pluginId, text, textOrNull } from './words.ts'

const closed = { additionalProperties: false }
const digest = String({ pattern: '^[0-9a-f]{64}$' })
const keyId = String({ pattern: '^[0-9a-f]{16}$' })
const packageName = String({
  pattern: '^(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*$',
  maxLength: 214,
})

/** A release that was installed, with what each part of judging it took. */
export const InstalledPackage = Object({
  pluginId,
  /** As npm knows it. */
  name: text,
  version: text,
  digest: text,
  source: Enum(['bundled', 'package']),
  publisher: text,
  signature: Enum(['signed', 'unsigned', 'bundled']),
  keyId: textOrNull,
  size: Integer(),
  installedAt: timestamp,
  steps: Array(Object({ name: text, ms: Number() })),
})
export type InstalledPackage = Static<typeof InstalledPackage>

export const installErrors: readonly string[] = [
  ...[
    packagesRefusals.package_not_readable,
    packagesRefusals.package_entry_refused,
    packagesRefusals.package_exceeds_limit,
    packagesRefusals.package_file_differs,
    packagesRefusals.package_unsigned,
    packagesRefusals.package_signature_wrong,
    packagesRefusals.package_publisher_differs,
    packagesRefusals.publisher_key_unknown,
    packagesRefusals.publisher_key_expired,
    packagesRefusals.publisher_key_revoked,
    packagesRefusals.publisher_key_malformed,
    packagesRefusals.package_manifest_differs,
    packagesRefusals.package_code_failed,
    packagesRefusals.package_breaks_rules,
    packagesRefusals.plugin_id_taken,
    packagesRefusals.release_already_exists,
  ].map(({ code }) => code),
  pluginsRefusals.operation_running.code,
]

const registryErrors = [packagesRefusals.registry_not_set.code, packagesRefusals.registry_unavailable.code]

export const uploadPackage = route({
  action: 'plugins.packages.upload',
  rest: 'POST /plugins/packages',
  summary: 'Install a package sent as a file; it is not enabled',
  permission: manage,
  params: Object({}, closed),
  result: InstalledPackage,
  errors: installErrors,
  body: { mediaType: 'application/gzip', bytesMax: packageLimits.packedBytes },
})

export const fetchPackage = route({
  action: 'plugins.packages.fetch',
  rest: 'POST /plugins/packages/fetch',
  summary: 'Install a package from the registry; it is not enabled',
  permission: manage,
  params: Object(
    {
      name: packageName,
      /** A range of versions or a tag; the newest that fits is taken. Without one, `latest`. */
      range: Optional(String({ maxLength: 100 })),
    },
    closed,
  ),
  result: InstalledPackage,
  errors: [
    ...installErrors,
    ...registryErrors,
    packagesRefusals.registry_package_not_found.code,
    packagesRefusals.registry_integrity_wrong.code,
  ],
})

export const RemotePackage = Object({
  name: text,
  version: text,
  description: text,
  publisher: text,
  keywords: Array(text),
  date: Union([timestamp, Null()]),
  /** The plugin it is a release of, when one of its releases is here. */
  pluginId: textOrNull,
  /** The newest release of it that is here. */
  installedVersion: textOrNull,
})
export type RemotePackage = Static<typeof RemotePackage>

export const searchPackages = route({
  action: 'plugins.packages.search',
  rest: 'GET /plugins/packages/search',
  summary: 'Plugin packages in the registry, by words and by scope',
  permission: manage,
  params: Object(
    {
      text: Optional(String({ maxLength: 200 })),
      /** `@acme` */
      scope: Optional(String({ pattern: '^@[a-z0-9~-][a-z0-9._~-]*$', maxLength: 100 })),
    },
    closed,
  ),
  result: Object({ items: Array(RemotePackage) }),
  errors: registryErrors,
})

export const removeRelease = route({
  action: 'plugins.packages.remove',
  rest: 'DELETE /plugins/:pluginId/releases/:version',
  summary: 'Forget a release that neither serves nor can be gone back to',
  permission: manage,
  params: Object({ pluginId, version: String({ maxLength: 64 }) }, closed),
  result: Object({}),
  errors: [pluginsRefusals.release_not_found.code, packagesRefusals.release_in_use.code],
})

export const Publisher = Object({
  keyId: text,
  publicKey: text,
  publisher: text,
  trustedBy: text,
  trustedAt: timestamp,
  expiresAt: Union([timestamp, Null()]),
  revokedAt: Union([timestamp, Null()]),
})
export type Publisher = Static<typeof Publisher>

export const listPublishers = route({
  action: 'plugins.publishers.list',
  rest: 'GET /plugins/publishers',
  summary: 'Keys that are or were trusted to sign packages',
  permission: manage,
  params: Object({}, closed),
  result: Object({ items: Array(Publisher) }),
  errors: [],
})

export const trustPublisher = route({
  action: 'plugins.publishers.trust',
  rest: 'POST /plugins/publishers',
  summary: 'Trust a key to sign the packages of one publisher',
  permission: manage,
  params: Object(
    {
      /** ed25519, PEM. */
      publicKey: String({ minLength: 1, maxLength: 400 }),
      /** As manifests name it. */
      publisher: String({ minLength: 1, maxLength: 200 }),
      expiresAt: Optional(timestamp),
    },
    closed,
  ),
  result: Publisher,
  errors: [
    packagesRefusals.publisher_key_malformed.code,
    packagesRefusals.publisher_key_already_trusted.code,
  ],
})

export const revokePublisher = route({
  action: 'plugins.publishers.revoke',
  rest: 'DELETE /plugins/publishers/:keyId',
  summary: 'Trust a key no longer; what was installed with it stays',
  permission: manage,
  params: Object({ keyId }, closed),
  result: Publisher,
  errors: [packagesRefusals.publisher_key_not_found.code],
})

export const allowUnsigned = route({
  action: 'plugins.packages.allowUnsigned',
  rest: 'POST /plugins/packages/allow-unsigned',
  summary: 'Let one unsigned package be installed, named by the hash of its bytes',
  permission: manage,
  params: Object({ digest }, closed),
  result: Object({ digest }),
  errors: [],
})

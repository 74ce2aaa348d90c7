import { refusals } from '../../contract/index.ts'

/** Why a package is not taken. The data of each name the entry, file, key or version it is about. */
export const packagesRefusals = refusals('plugins', {
  package_not_readable: { status: 422, message: 'The file is not a readable plugin package.' },
  package_entry_refused: { status: 422, message: 'The package holds an entry that packages may not hold.' },
  package_exceeds_limit: { status: 422, message: 'The package is larger than packages may be.' },
  package_file_differs: { status: 422, message: 'The files of the package are not those it lists.' },
  package_unsigned: {
    status: 422,
    message: 'The package is not signed. It can be allowed by its digest.',
  },
  package_signature_wrong: { status: 422, message: 'The signature does not belong to this package.' },
  package_publisher_differs: { status: 422, message: 'The package names another publisher than its key.' },
  publisher_key_unknown: { status: 422, message: 'The package is signed with a key that is not trusted.' },
  publisher_key_expired: { status: 422, message: 'The package is signed with a key that has expired.' },
  publisher_key_revoked: { status: 422, message: 'The package is signed with a key that was revoked.' },
  publisher_key_malformed: { status: 422, message: 'This is not a public ed25519 key in PEM form.' },
  publisher_key_not_found: { status: 404, message: 'No key of this id is trusted.' },
  publisher_key_already_trusted: { status: 409, message: 'A key of this id is known already.' },
  package_manifest_differs: { status: 422, message: 'The manifest does not say what the code says.' },
  package_code_failed: { status: 422, message: 'The code of the package could not be read.' },
  package_breaks_rules: { status: 422, message: 'The package breaks rules of the platform.' },
  plugin_id_taken: { status: 409, message: 'The plugin of this name belongs to somebody else.' },
  release_already_exists: { status: 409, message: 'There is another package of this version already.' },
  release_in_use: { status: 409, message: 'The release serves, or is the one to roll back to.' },
  registry_not_set: { status: 422, message: 'No registry is set. Start the platform with CAMBIUM_REGISTRY.' },
  registry_unavailable: {
    status: 503,
    message: 'The registry did not answer as it should.',
    retryable: true,
  },
  registry_package_not_found: { status: 404, message: 'The registry has no such package.' },
  registry_integrity_wrong: { status: 422, message: 'The registry sent other bytes than it announced.' },
})

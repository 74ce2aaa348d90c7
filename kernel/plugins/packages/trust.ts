import type { PackageContent, PackagedThing } from './package-file.ts'
import type { PublisherKey, Publishers } from './publishers.ts'
import { packagesRefusals } from './refusals.ts'
import { isGenuine } from './signature.ts'

/** A release of the same plugin that is here already. */
export interface Claim {
  readonly version: string
  readonly publisher: string
  readonly signature: 'signed' | 'unsigned' | 'bundled'
  /** Null for a folder of the platform's own. */
  readonly digest: string | null
}

/**
 * The trusted key a package is signed with; null for an unsigned one that the operator lets in. Throws what is wrong with
 * its signature, before anything else of it is looked at.
 */
export async function signerOf(
  content: PackageContent<PackagedThing>,
  publishers: Pick<Publishers, 'find' | 'isUnsignedAllowed'>,
): Promise<PublisherKey | null> {
  const { digest, name, signature, declaration, declarationBytes } = content
  const { id: pluginId, version, publisher } = declaration.manifest
  const about = { digest, name, pluginId, version, publisher }
  if (!signature) {
    if (await publishers.isUnsignedAllowed(digest)) return null
    throw packagesRefusals.package_unsigned(about)
  }
  const { keyId, publicKey } = signature
  if (!isGenuine(declarationBytes, signature))
    throw packagesRefusals.package_signature_wrong({ ...about, keyId })
  const key = await publishers.find(keyId)
  if (!key) throw packagesRefusals.publisher_key_unknown({ ...about, keyId, publicKey })
  // The key that was trusted decides, not the one that came along under the same id.
  if (!isGenuine(declarationBytes, { ...signature, publicKey: key.publicKey })) {
    throw packagesRefusals.package_signature_wrong({ ...about, keyId })
  }
  const { revokedAt, expiresAt } = key
  if (revokedAt !== null) throw packagesRefusals.publisher_key_revoked({ ...about, keyId, revokedAt })
  if (expiresAt !== null && new Date(expiresAt) <= new Date()) {
    throw packagesRefusals.publisher_key_expired({ ...about, keyId, expiresAt })
  }
  if (key.publisher !== publisher) {
    throw packagesRefusals.package_publisher_differs({ ...about, keyId, trustedPublisher: key.publisher })
  }
  return key
}

/**
 * A plugin goes on with who began it: same publisher, and a signature wherever something signed or bundled is continued.
 * A version that is here is never replaced by other bytes. Answers the claim that is this very package.
 */
export function checkClaims(
  { digest, declaration }: Pick<PackageContent<PackagedThing>, 'digest' | 'declaration'>,
  signer: PublisherKey | null,
  claims: readonly Claim[],
): Claim | undefined {
  const { id: pluginId, version, publisher } = declaration.manifest
  const same = claims.find((claim) => claim.digest === digest)
  if (same) return same
  for (const claim of claims) {
    const isContinued = claim.publisher === publisher && (signer !== null || claim.signature === 'unsigned')
    if (isContinued) continue
    const { publisher: owner, signature } = claim
    const reason =
      owner === publisher
        ? `Its ${signature} releases are continued by signed packages only.`
        : `It is published by ${owner}, not by ${publisher}.`
    throw packagesRefusals.plugin_id_taken({ pluginId, publisher, owner, reason })
  }
  const sameVersion = claims.find((claim) => claim.version === version)
  if (sameVersion) {
    const existing = sameVersion.digest ?? 'bundled'
    throw packagesRefusals.release_already_exists({ pluginId, version, digest, existing })
  }
  return undefined
}

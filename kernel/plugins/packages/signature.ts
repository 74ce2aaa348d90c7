import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { PackageSignature } from './format.ts'
import { packagesRefusals } from './refusals.ts'

/** A publisher's two keys as text. The private one never leaves the publisher. */
export interface SigningKeys {
  readonly keyId: string
  /** PKCS #8, PEM. */
  readonly privateKey: string
  /** SPKI, PEM: what an operator trusts. */
  readonly publicKey: string
}

export function createSigningKeys(): SigningKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    keyId: idOf(publicKey),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  }
}

/** Made of the key itself, so that nobody can give another key the same id by asking for it. Throws for no such key. */
export function keyIdOf(publicKey: string): string {
  return idOf(readPublicKey(publicKey))
}

/** Signs the bytes of `cambium.json`, which hold the hash of every other file. */
export function signDeclaration(declaration: Buffer, privateKey: string): PackageSignature {
  const key = createPrivateKey(privateKey)
  const publicKey = createPublicKey(key)
  return {
    algorithm: 'ed25519',
    keyId: idOf(publicKey),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    signature: sign(null, declaration, key).toString('base64'),
  }
}

/** Whether the bytes were signed with the key that the signature names. That the key is trusted is another question. */
export function isGenuine(declaration: Buffer, { keyId, publicKey, signature }: PackageSignature): boolean {
  const key = readPublicKey(publicKey)
  return idOf(key) === keyId && verify(null, declaration, key, Buffer.from(signature, 'base64'))
}

function readPublicKey(pem: string): KeyObject {
  try {
    const key = createPublicKey(pem)
    // A private key in PEM form would be read as its public half, and stay in the table it was sent to.
    if (key.asymmetricKeyType === 'ed25519' && !/PRIVATE/.test(pem)) return key
  } catch {
    // Said below, for whatever was not read.
  }
  throw packagesRefusals.publisher_key_malformed()
}

function idOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('hex').slice(0, 16)
}

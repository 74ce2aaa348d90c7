import { createHmac, createPublicKey, randomInt, timingSafeEqual, verify } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { identityRefusals } from './refusals.ts'

const LENGTH = 64
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** 64 letters and digits: 381 bits. */
export function randomWord(): string {
  return Array.from({ length: LENGTH }, () => letters[randomInt(letters.length)]).join('')
}

/** The lower-case hexadecimal HMAC-SHA256 (RFC 2104) of the payload; upper case is taken as well. */
export function isHmacRight(secret: string, payload: string | Uint8Array, signature: string): boolean {
  const right = createHmac('sha256', secret).update(payload).digest()
  return /^[0-9a-f]{64}$/i.test(signature) && timingSafeEqual(Buffer.from(signature, 'hex'), right)
}

/** The base64 Ed25519 signature (RFC 8032) of the payload. */
export function isEd25519Right(publicKey: string, payload: string | Uint8Array, signature: string): boolean {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  return verify(null, bytes, createPublicKey(publicKey), Buffer.from(signature, 'base64'))
}

/** A public key as it is kept; throws `identity.api_key_public_key_unreadable` for anything else than one of Ed25519. */
export function readPublicKey(pem: string | undefined): string {
  // A private key would be read as well, and is nothing to be sent here.
  if (pem === undefined || pem.includes('PRIVATE')) throw identityRefusals.api_key_public_key_unreadable()
  try {
    const key = createPublicKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key.export({ type: 'spki', format: 'pem' }).toString()
  } catch {
    // Refused below.
  }
  throw identityRefusals.api_key_public_key_unreadable()
}

/** Addresses and networks as a list to ask; throws `identity.api_key_address_malformed`. */
export function readAddresses(addresses: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of addresses) {
    const [address = '', prefix, ...rest] = entry.split('/')
    const family = isIP(address)
    const bits = prefix === undefined ? undefined : Number.parseInt(prefix, 10)
    const isRange =
      bits === undefined || (/^\d{1,3}$/.test(prefix ?? '') && bits <= (family === 6 ? 128 : 32))
    if (family === 0 || rest.length > 0 || !isRange)
      throw identityRefusals.api_key_address_malformed({ address: entry })
    const type = family === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, type)
    else list.addSubnet(address, bits, type)
  }
  return list
}

export function isAmong(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

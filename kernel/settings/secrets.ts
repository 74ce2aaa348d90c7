import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Keeps texts so that the database alone does not give them away. */
export interface SecretBox {
  /** The text cannot be opened for another `context` than it was sealed for. */
  seal(text: string, context: string): string
  /** Throws when no key fits. */
  open(sealed: string, context: string): string
}

const KEY_BYTES = 32
const FILE = 'settings.keys'

function readKeys(text: string, place: string): readonly Buffer[] {
  const keys = text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => Buffer.from(word, 'base64url'))
  if (keys.length > 0 && keys.every(({ length }) => length === KEY_BYTES)) return keys
  throw new Error(`${place} must hold keys of ${KEY_BYTES} bytes in base64url, the newest first.`)
}

/**
 * The keys of `SETTINGS_KEYS`, or else of a file in the data directory, made at the first start and readable by its owner
 * alone. The first key seals, all of them open.
 */
export function provideKeys(
  dataDirectory: string,
  environment = process.env.SETTINGS_KEYS,
): readonly Buffer[] {
  if (environment) return readKeys(environment, 'SETTINGS_KEYS')
  const file = path.join(dataDirectory, FILE)
  mkdirSync(dataDirectory, { recursive: true })
  try {
    // `wx`: of two processes that start at once only one makes the key.
    writeFileSync(file, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readKeys(readFileSync(file, 'utf8'), file)
}

function nameOf(key: Buffer): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 8)
}

/** AES-256-GCM; the name of the key lies beside the text, so that keys can be changed one after the other. */
export function createSecretBox(keys: readonly Buffer[]): SecretBox {
  const byName = new Map(keys.map((key) => [nameOf(key), key]))
  const [newest] = keys
  if (!newest) throw new Error('Secrets need a key.')
  return {
    seal(text, context) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', newest, nonce).setAAD(Buffer.from(context))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      const parts = [nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))
      return ['1', nameOf(newest), ...parts].join('.')
    },
    open(sealed, context) {
      const [format, name = '', ...parts] = sealed.split('.')
      const key = byName.get(name)
      const [nonce, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'))
      if (format !== '1' || !nonce || !tag || !text) throw new Error('This is no sealed secret.')
      if (!key) throw new Error(`A secret was sealed with the key ${name}, which is not there any more.`)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce)
        .setAAD(Buffer.from(context))
        .setAuthTag(tag)
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
    },
  }
}

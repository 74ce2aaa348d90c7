const HIDDEN = '[redacted]'

/** Names whose values nobody may read in a log, wherever they stand. */
const secretName =
  /pass(word|phrase)?$|secret|token$|^auth(orization)?$|cookie|api[-_]?key|private[-_]?key|mnemonic|^seed$|credential|signature|^otp$|^totp|csrf|session(id)?$/i

/** Secrets inside of texts: an address with a password, a bearer, a JSON or query pair with such a name. */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  [/(\w+:\/\/[^\s:/@]*:)[^\s@/]+@/g, `$1${HIDDEN}@`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g, HIDDEN],
  [
    /(["']?\b(?:password|passphrase|secret|token|api_?key|private_?key|mnemonic)["']?\s*[:=]\s*["']?)[^\s"',;&}]+/gi,
    `$1${HIDDEN}`,
  ],
]

/** The text without what must not be written down. */
export function redactText(text: string): string {
  return secretTexts.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text)
}

/** For `JSON.stringify`: errors show their stack, big numbers their digits, and secrets nothing. */
export function redacting(name: string, value: unknown): unknown {
  if (name !== '' && secretName.test(name) && value !== null && value !== undefined) return HIDDEN
  if (value instanceof Error) return redactText(value.stack ?? value.message)
  if (typeof value === 'bigint') return value.toString()
  return typeof value === 'string' ? redactText(value) : value
}

import { Secret, TOTP } from 'otpauth'

const PERIOD_SECONDS = 30
/** One period each way, for clocks that differ and people who type slowly. */
const WINDOW_STEPS = 1

function generator(secret: string, email: string): TOTP {
  return new TOTP({
    issuer: 'Cambium',
    label: email,
    secret: Secret.fromBase32(secret),
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_SECONDS,
  })
}

/** 160 random bits in base32, as authenticator apps take them. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** What the QR code says. */
export function totpUri(secret: string, email: string): string {
  return generator(secret, email).toString()
}

/** The period whose code this is, near `nowMs`; null for a wrong one. */
export function totpStep(secret: string, code: string, nowMs: number): number | null {
  const delta = generator(secret, '').validate({ token: code, timestamp: nowMs, window: WINDOW_STEPS })
  return delta === null ? null : Math.floor(nowMs / 1000 / PERIOD_SECONDS) + delta
}

/** What an authenticator app shows at that time. */
export function totpCode(secret: string, nowMs: number): string {
  return generator(secret, '').generate({ timestamp: nowMs })
}

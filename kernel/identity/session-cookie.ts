import { SESSION_SECONDS_MAX } from './sessions.ts'

const name = 'cambium_session'
const inHeader = new RegExp(`(?:^|; ?)${name}=([A-Za-z0-9_-]{43})(?:;|$)`)

export function readSessionToken(cookieHeader: string | undefined): string | null {
  return (cookieHeader !== undefined && inHeader.exec(cookieHeader)?.[1]) || null
}

export function sessionCookie(token: string, isSecure: boolean): string {
  return cookie(token, SESSION_SECONDS_MAX, isSecure)
}

export function endedSessionCookie(isSecure: boolean): string {
  return cookie('', 0, isSecure)
}

function cookie(value: string, maxAgeSeconds: number, isSecure: boolean): string {
  const secure = isSecure ? '; Secure' : ''
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`
}

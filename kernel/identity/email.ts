import { identityRefusals } from './refusals.ts'

/** One `@`, something before it, and a host name with a dot after it; whether it exists only a letter can tell. */
const emailForm =
  /^[^\s@"(),:;<>[\\\]]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}]{2,63}$/u

/** What makes two spellings of one address the same. */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase()
}

export function checkEmail(email: string): string {
  const trimmed = email.trim()
  if (!emailForm.test(trimmed.normalize('NFKC'))) throw identityRefusals.email_malformed()
  return trimmed
}

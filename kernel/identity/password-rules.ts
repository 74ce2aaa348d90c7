import { identityRefusals } from './refusals.ts'

const LENGTH_MIN = 10
const LENGTH_MAX = 200

/** The most used passwords of ten and more characters, and the stems people lengthen: an attacker's first guesses. */
const commonPasswords: ReadonlySet<string> = new Set(
  `1234567890 0123456789 12345678910 0987654321 1111111111 0000000000 1234512345 123456789a a123456789 1q2w3e4r5t
   qwertyuiop qwerty1234 qwerty12345 qwerty123456 1qaz2wsx3edc q1w2e3r4t5 zaq12wsx zxcvbnm123 asdfghjkl1 asdfghjkl123
   password12 password123 password1234 password12345 passw0rd123 p@ssw0rd12 p@ssw0rd123 mypassword welcome123
   welcome1234 letmein123 iloveyou12 iloveyou123 sunshine123 princess123 football123 baseball123 superman123
   trustno1234 administrator admin12345 admin123456 administrator1 changeme123 changeme12 secret1234 internet123
   computer123 starwars123 dragon12345 monkey12345 abcdefghij abc1234567 abcd123456 aaaaaaaaaa qazwsxedcrfv
   michael123 jennifer123 jordan12345 liverpool1 chelsea123 manchester whatever123 blink182123 bitcoin123
   bitcoin1234 ethereum123 hodl123456 tothemoon123 cambium123 cambium1234 exchange123 trading123`
    .split(/\s+/)
    .filter((word) => word.length >= LENGTH_MIN),
)

/** Throws a refusal for a password that would be guessed. Length counts, composition rules do not: they help attackers. */
export function checkPassword(password: string, email: string): void {
  const { length } = [...password]
  if (length < LENGTH_MIN) throw identityRefusals.password_must_be_longer({ lengthMin: LENGTH_MIN })
  if (length > LENGTH_MAX) throw identityRefusals.password_must_be_shorter({ lengthMax: LENGTH_MAX })
  const lower = password.toLowerCase()
  const [localPart = ''] = email.toLowerCase().split('@')
  if (lower === email.toLowerCase() || lower === localPart)
    throw identityRefusals.password_must_differ_from_email()
  const isOneCharacter = new Set(lower).size <= 2
  if (isOneCharacter || commonPasswords.has(lower)) throw identityRefusals.password_too_common()
}

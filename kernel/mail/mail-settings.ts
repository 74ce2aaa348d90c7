import type { SettingsSchema } from '../plugins/manifest.ts'
import type { SettingsOwner, SettingsValues } from '../settings/index.ts'

/** What operators say of the way out; one form, like that of a plugin. */
export const mailSettings: SettingsSchema = {
  type: 'object',
  properties: {
    publicAddress: {
      type: 'string',
      title: 'Public address',
      description: 'Where users find the platform: links in letters begin with it. https://exchange.example',
      default: '',
      pattern: '^(https?://[^\\s/?#]+)?$',
      maxLength: 200,
    },
    senderAddress: {
      type: 'string',
      title: 'Sender’s address',
      description: 'Letters come from it. Without one, nothing is sent.',
      default: '',
      pattern: '^([^\\s@<>"]+@[^\\s@<>"]+)?$',
      maxLength: 254,
    },
    senderName: {
      type: 'string',
      title: 'Sender’s name',
      description: 'The brand of the theme unless you say another.',
      default: '',
      pattern: '^[^\\r\\n<>"]*$',
      maxLength: 80,
    },
    host: {
      type: 'string',
      title: 'Server',
      description: 'The host name of the SMTP server. Without one, nothing is sent.',
      default: '',
      pattern: '^[A-Za-z0-9.:_-]*$',
      maxLength: 253,
    },
    port: { type: 'integer', title: 'Port', default: 587, minimum: 1, maximum: 65_535 },
    security: {
      type: 'string',
      title: 'Encryption',
      description: 'STARTTLS is usual on port 587, TLS on port 465. None is for a server on this machine.',
      enum: ['starttls', 'tls', 'none'],
      enumTitles: { starttls: 'STARTTLS', tls: 'TLS', none: 'None' },
      default: 'starttls',
    },
    username: { type: 'string', title: 'User name', default: '', maxLength: 200 },
    password: { type: 'string', title: 'Password', format: 'secret', maxLength: 500 },
  },
}

/** Under which operators find them. */
export const mailOwner: SettingsOwner = {
  id: 'mail',
  name: 'Mail',
  icon: 'i-lucide-mail',
  isPlatform: true,
  isRunning: true,
  schema: mailSettings,
}

export interface MailSetup {
  readonly publicAddress: string
  readonly sender: { readonly address: string; readonly name: string }
  readonly server: {
    readonly host: string
    readonly port: number
    readonly security: 'starttls' | 'tls' | 'none'
    readonly login: { readonly user: string; readonly pass: string } | undefined
  }
}

/** Undefined as long as something is missing without which no letter can be sent, or its links lead nowhere. */
export function mailSetup(values: SettingsValues): MailSetup | undefined {
  const text = (name: string): string => (typeof values[name] === 'string' ? (values[name] as string) : '')
  const [publicAddress, address, host] = [text('publicAddress'), text('senderAddress'), text('host')]
  if (publicAddress === '' || address === '' || host === '') return undefined
  const user = text('username')
  return {
    publicAddress,
    sender: { address, name: text('senderName') },
    server: {
      host,
      port: Number(values.port),
      security: values.security as MailSetup['server']['security'],
      login: user === '' ? undefined : { user, pass: text('password') },
    },
  }
}

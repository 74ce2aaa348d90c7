import { createTransport, type Transporter } from 'nodemailer'
import type SMTPPool from 'nodemailer/lib/smtp-pool/index.js'
import type { MailSetup } from './mail-settings.ts'
import type { WrittenLetter } from './template.ts'

export interface Sending {
  readonly to: string
  readonly messageId: string
  readonly written: WrittenLetter
  readonly senderName: string
}

/** Why a letter did not go out; one that is final is not tried again. */
export class SendingError extends Error {
  override readonly name = 'SendingError'
  readonly isFinal: boolean

  constructor(message: string, isFinal: boolean) {
    super(message)
    this.isFinal = isFinal
  }
}

export interface MailTransport {
  /** Answers what the server said. */
  send(setup: MailSetup, sending: Sending): Promise<string>
  close(): void
}

const CONNECT_MS = 10_000
const ANSWER_MS = 30_000
/** The server's no to this letter; sign-in and connection are the operator's to mend, and worth another try. */
const finalCommands: ReadonlySet<unknown> = new Set(['RCPT TO', 'MAIL FROM', 'DATA'])

function errorOf(error: unknown): SendingError {
  const { message, responseCode, command } = error as {
    message?: string
    responseCode?: number
    command?: string
  }
  const isFinal = (responseCode ?? 0) >= 500 && finalCommands.has(command)
  return new SendingError((message ?? 'The server did not take it.').slice(0, 500), isFinal)
}

type PoolTransporter = Transporter<SMTPPool.SentMessageInfo, SMTPPool.Options>

/** One connection pool, made anew when the settings change. */
export function createMailTransport(): MailTransport {
  let current: { key: string; transporter: PoolTransporter } | undefined

  function transporterOf({ server }: MailSetup): PoolTransporter {
    const key = JSON.stringify(server)
    if (current?.key === key) return current.transporter
    current?.transporter.close()
    const { host, port, security, login } = server
    const options: SMTPPool.Options = {
      host,
      port,
      pool: true,
      maxConnections: 3,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(login ? { auth: login } : {}),
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: ANSWER_MS,
      // A letter names no file and no address that this machine would read.
      disableFileAccess: true,
      disableUrlAccess: true,
    }
    const transporter = createTransport(options)
    current = { key, transporter }
    return transporter
  }

  return {
    async send(setup, { to, messageId, written, senderName }) {
      const { address } = setup.sender
      try {
        const info = await transporterOf(setup).sendMail({
          ...written,
          from: { name: senderName, address },
          to: { name: '', address: to },
          messageId: `<${messageId}@${address.split('@')[1] ?? 'localhost'}>`,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        })
        return info.response.slice(0, 500)
      } catch (error) {
        throw errorOf(error)
      }
    },
    close() {
      current?.transporter.close()
      current = undefined
    },
  }
}

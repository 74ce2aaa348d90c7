import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { changeSettings, showSettings } from '../settings/routes.ts'
import type { TestKernel } from './test-kernel.ts'

/** A mail server on this machine that keeps what it is sent. */
export interface TestMailServer {
  readonly port: number
  readonly letters: readonly ReceivedLetter[]
  /** What it says to the next letters: a refusal for good, or for now. */
  answer(code: 250 | 451 | 550): void
  /** The newest letter to an address, of those with a subject when one is given; waits for it. */
  letterTo(address: string, subject?: string): Promise<ReceivedLetter>
  stop(): Promise<void>
}

export interface ReceivedLetter {
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Who it was that signed in to the server. */
  readonly user: string | undefined
}

const WAIT_MS = 20_000

function received(mail: ParsedMail, to: string, user: string | undefined): ReceivedLetter {
  return {
    to,
    user,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    from: mail.from?.text ?? '',
    html: mail.html || '',
  }
}

export async function startMailServer(): Promise<TestMailServer> {
  const letters: ReceivedLetter[] = []
  const waiting = new Set<() => void>()
  let code = 250
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      password === 'mail secret'
        ? done(null, { user: username })
        : done(Object.assign(new Error('Wrong user name or password'), { responseCode: 535 })),
    onRcptTo: (_recipient, _session, done) =>
      code === 250
        ? done()
        : done(
            Object.assign(new Error(code === 550 ? 'No such user here' : 'Come again later'), {
              responseCode: code,
            }),
          ),
    onData(stream, session, done) {
      simpleParser(stream).then((mail) => {
        const user = session.user as string | undefined
        for (const { address } of session.envelope.rcptTo) letters.push(received(mail, address, user))
        for (const wake of waiting) wake()
        done()
      }, done)
    },
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')

  return {
    port: (server.server.address() as AddressInfo).port,
    letters,
    answer: (next) => {
      code = next
    },
    letterTo(address, subject) {
      const found = (): ReceivedLetter | undefined =>
        letters.findLast((one) => one.to === address && (subject === undefined || one.subject === subject))
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const letter = found()
          if (!letter) return
          clearTimeout(late)
          waiting.delete(look)
          resolve(letter)
        }
        const late = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`No letter to ${address} came in ${WAIT_MS} ms.`))
        }, WAIT_MS)
        waiting.add(look)
        look()
      })
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Has the platform send its letters there. */
export async function useMailServer(kernel: TestKernel, { port }: TestMailServer): Promise<void> {
  const values = {
    publicAddress: 'https://exchange.example',
    senderAddress: 'no-reply@exchange.example',
    host: '127.0.0.1',
    port,
    security: 'none',
    username: 'cambium',
    password: 'mail secret',
  }
  const { revision } = await kernel.call(showSettings, { pluginId: 'mail' })
  await kernel.call(changeSettings, { pluginId: 'mail', values, revision })
}

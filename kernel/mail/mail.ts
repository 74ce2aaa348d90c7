import type { Knex } from 'knex'
import { createLogger, implement, type Implementation, type Logger } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import { backoffMs, type JobPublication, type Jobs } from '../jobs/index.ts'
import type { LiveSettings, SecretBox } from '../settings/index.ts'
import {
  dueLetters,
  endLetter,
  findLetter,
  forgetLetters,
  insertLetter,
  pageOfLetters,
  putOffLetter,
  reopenLetter,
  sentLetterOf,
  type LetterRow,
} from './letters-table.ts'
import type { Letter, NewLetter } from './letter.ts'
import { mailSettings, mailSetup, type MailSetup } from './mail-settings.ts'
import { mailRefusals } from './refusals.ts'
import { listLetters, retryLetter, showMail, testMail } from './routes.ts'
import { writeLetter, type LetterLook } from './template.ts'
import { letterTexts } from './texts.ts'
import { createMailTransport, SendingError } from './transport.ts'

export interface MailOptions {
  readonly database: Knex
  readonly settings: { open(owner: string, schema: typeof mailSettings): LiveSettings }
  readonly box: SecretBox
  readonly jobs: Pick<Jobs, 'publish' | 'start'>
  readonly look: () => Promise<LetterLook>
  readonly emailOf: (userId: string) => Promise<string | undefined>
  readonly clock?: Clock
  readonly log?: Logger
}

export interface Mail {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  readonly isSetUp: boolean
  /**
   * Writes a letter into the outbox, in the caller's transaction where it is one: it goes out after the commit, and is
   * tried again until it is taken, refused for good or worth nothing any more.
   */
  post(database: Knex, letter: NewLetter): Promise<void>
  /** Sends now and answers what the server said; throws a `SendingError`. */
  sendNow(letter: Pick<NewLetter, 'to' | 'letter'>, messageId: string): Promise<string>
  /** What links in letters begin with; undefined as long as mail is not set up. */
  readonly publicAddress: string | undefined
  stop(): void
}

const MAIL_OWNER = 'mail'
const DELIVER_JOB = 'mail.deliver'
const RETENTION_JOB = 'mail.retention'
const ATTEMPTS_MAX = 10
const AT_ONCE = 3
const LETTERS_DAYS = 30
const DAY_MS = 24 * 60 * 60_000
const PAGE_ROWS = 50
/** The server gets longer between tries than a job of our own would. */
const PATIENCE = 10

const contextOf = (letterId: string): string => `mail.${letterId}`

/** Sends what is due; one node at a time, because it runs as a job. */
class Outbox {
  readonly #options: MailOptions
  readonly #clock: Clock
  readonly #send: Mail['sendNow']

  constructor(options: MailOptions, send: Mail['sendNow']) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#send = send
  }

  /** Answers how many went out. */
  async drain(signal: AbortSignal): Promise<{ sent: number }> {
    let sent = 0
    for (;;) {
      const due = await dueLetters(this.#options.database, this.#clock.now())
      if (due.length === 0 || signal.aborted) return { sent }
      for (let start = 0; start < due.length && !signal.aborted; start += AT_ONCE) {
        const went = await Promise.all(due.slice(start, start + AT_ONCE).map((row) => this.#one(row)))
        sent += went.filter(Boolean).length
      }
    }
  }

  async #one(row: LetterRow): Promise<boolean> {
    const { database, box } = this.#options
    const now = this.#clock.now()
    const attempts = row.attempts + 1
    if (row.content === null || (row.expires_at !== null && row.expires_at < now)) {
      await endLetter(database, row.id, { state: 'expired', answer: row.answer, attempts: row.attempts }, now)
      return false
    }
    try {
      const letter = JSON.parse(box.open(row.content, contextOf(row.id))) as Letter
      const answer = await this.#send({ to: row.recipient, letter }, row.id)
      await endLetter(database, row.id, { state: 'sent', answer, attempts }, now)
      return true
    } catch (error) {
      await this.#failed(row, attempts, error)
      return false
    }
  }

  async #failed(row: LetterRow, attempts: number, error: unknown): Promise<void> {
    const { database, jobs, log } = this.#options
    const now = this.#clock.now()
    const answer = (error instanceof Error ? error.message : String(error)).slice(0, 500)
    log?.warn('a letter could not be sent', { letter: row.id, kind: row.kind, attempts, reason: answer })
    if ((error instanceof SendingError && error.isFinal) || attempts >= ATTEMPTS_MAX) {
      await endLetter(database, row.id, { state: 'failed', answer, attempts }, now)
      return
    }
    const delayMs = backoffMs(attempts) * PATIENCE
    const next = new Date(now.getTime() + delayMs)
    await putOffLetter(database, row.id, { answer, attempts, next_at: next })
    await jobs.start(MAIL_OWNER, DELIVER_JOB, undefined, { key: `${row.id}:${attempts}`, delayMs })
  }
}

function mailJobs(outbox: Outbox, { database, clock = systemClock }: MailOptions): JobPublication {
  return {
    owner: MAIL_OWNER,
    jobs: [
      // Every letter starts it; the schedule is for those whose process died in between.
      { name: DELIVER_JOB, title: 'Send letters', everyMs: 5 * 60_000, attempts: 1 },
      { name: RETENTION_JOB, title: 'Forget old letters', everyMs: 6 * 60 * 60_000 },
    ],
    handlers: {
      [DELIVER_JOB]: ({ signal }) => outbox.drain(signal),
      [RETENTION_JOB]: async () => ({
        forgotten: await forgetLetters(database, new Date(clock.now().getTime() - LETTERS_DAYS * DAY_MS)),
      }),
    },
  }
}

function testLetter(): Letter {
  const text = letterTexts(null)
  return {
    language: 'en',
    subject: text('test.subject'),
    title: text('test.title'),
    paragraphs: [text('test.body')],
    action: { label: text('test.action'), path: '/admin/mail' },
    footnote: text('test.footnote'),
  }
}

/** Letters by e-mail: written into an outbox, sent in the look of the theme, tried again when the server is away. */
export function createMail(options: MailOptions): Mail {
  const { database, settings, box, jobs, look, clock = systemClock, log = createLogger('mail') } = options
  const values = settings.open(MAIL_OWNER, mailSettings)
  const transport = createMailTransport()
  const setup = (): MailSetup | undefined => mailSetup(values.values)

  async function sendNow({ to, letter }: Pick<NewLetter, 'to' | 'letter'>, messageId: string) {
    const current = setup()
    if (!current) throw new SendingError('No mail server is set up.', false)
    const shown = await look()
    const url = letter.action && new URL(letter.action.path, current.publicAddress).href
    const senderName = current.sender.name || shown.brand
    return transport.send(current, { to, messageId, senderName, written: writeLetter(letter, shown, url) })
  }
  const outbox = new Outbox({ ...options, log }, sendNow)
  jobs.publish(mailJobs(outbox, options))

  const wake = (key: string): void =>
    void jobs
      .start(MAIL_OWNER, DELIVER_JOB, undefined, { key })
      .catch((error: unknown) => log.warn('letters wait for their next turn', { error }))

  async function post(source: Knex, letter: NewLetter): Promise<void> {
    const seal = (letterId: string): string => box.seal(JSON.stringify(letter.letter), contextOf(letterId))
    if (!(await insertLetter(source, letter, seal, clock.now()))) return
    if (!isTransaction(source)) return wake(letter.key)
    source.executionPromise.then(
      () => wake(letter.key),
      () => undefined,
    )
  }

  const implementations = [
    implement(showMail, async () => ({ isSetUp: setup() !== undefined })),
    implement(testMail, async ({ userId }) => {
      if (!setup()) throw mailRefusals.not_set_up()
      const recipient = (await options.emailOf(userId)) ?? ''
      try {
        const answer = await sendNow({ to: recipient, letter: testLetter() }, `test-${clock.now().getTime()}`)
        return { recipient, answer }
      } catch (error) {
        if (error instanceof SendingError) throw mailRefusals.not_sent({ reason: error.message })
        throw error
      }
    }),
    implement(listLetters, ({ params: { limit = PAGE_ROWS, ...query } }) =>
      pageOfLetters(database, { limit, ...query }),
    ),
    implement(retryLetter, async ({ params: { letterId } }) => {
      if (!(await findLetter(database, letterId))) throw mailRefusals.letter_not_found({ letterId })
      if (!(await reopenLetter(database, letterId, clock.now()))) throw mailRefusals.letter_not_failed()
      wake(`${letterId}:again:${clock.now().getTime()}`)
      return sentLetterOf((await findLetter(database, letterId)) as LetterRow)
    }),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [
      { id: 'mail.letters.manage', title: 'Set up mail and see what was sent', roles: ['admin'] },
    ],
    get isSetUp() {
      return setup() !== undefined
    },
    get publicAddress() {
      return setup()?.publicAddress
    },
    post,
    sendNow,
    stop: () => transport.close(),
  }
}

function isTransaction(source: Knex): source is Knex.Transaction {
  return source.isTransaction === true
}

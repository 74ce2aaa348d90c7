import type { Knex } from 'knex'
import type { NewLetter } from '../mail/letter.ts'
import { filled, letterTexts } from '../mail/index.ts'
import type { NewNotice } from './notice.ts'

/** Texts of an owner in a language, by key; undefined where there is none. */
export type NoticeTexts = (owner: string, language: string, key: string) => Promise<string | undefined>

export interface LetterParts {
  readonly mail: { readonly isSetUp: boolean; post(database: Knex, letter: NewLetter): Promise<void> }
  readonly texts: NoticeTexts
  readonly reader: (
    userId: string,
  ) => Promise<{ readonly email: string; readonly language: string | null } | undefined>
}

/** The same notice as a letter; nothing where letters cannot be sent or the notice has no words. */
export async function postNotice(
  database: Knex,
  parts: LetterParts,
  notice: {
    readonly owner: string
    readonly userId: string
    readonly content: NewNotice
    readonly isFixed: boolean
  },
): Promise<void> {
  const { mail, texts, reader } = parts
  const { owner, userId, content, isFixed } = notice
  if (!mail.isSetUp) return
  const user = await reader(userId)
  if (!user || user.email.endsWith('.invalid')) return
  const language = user.language ?? 'en'
  const said = async (key: string): Promise<string> =>
    filled((await texts(owner, language, key)) ?? (await texts(owner, 'en', key)) ?? '', content.data ?? {})
  const [title, body] = await Promise.all([said(content.title), said(content.body)])
  if (title === '') return
  const text = letterTexts(language)
  await mail.post(database, {
    to: user.email,
    kind: content.kind,
    key: `notice:${owner}:${userId}:${content.key}`.slice(0, 190),
    letter: {
      language,
      subject: title,
      title,
      paragraphs: body === '' ? [] : [body],
      ...(content.link ? { action: { label: text('notice.action'), path: content.link } } : {}),
      footnote: text(isFixed ? 'notice.security' : 'notice.footnote'),
    },
  })
}

import type { Knex } from 'knex'
import { implement, type Implementation, type Principal } from '../broker/index.ts'
import { Refusal, type PermissionDeclaration } from '../contract/index.ts'
import type { Channels } from '../channels.ts'
import { overridesTable, type Override } from './overrides-table.ts'
import { pluralForms } from './plural-form.ts'
import { translationsRefusals } from './refusals.ts'
import * as routes from './routes.ts'
import { createShellTexts, type TextOwner } from './shipped-texts.ts'
import { textFault } from './text-rules.ts'

export interface TranslationsOptions {
  readonly database: Knex
  readonly realtime: Channels
  /** Of the release: the shells' locale files lie in it. */
  readonly root: string
  /** Of the plugins that serve. */
  readonly pluginTexts: () => readonly TextOwner[]
}

export interface Translations {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** One text as it is seen now, for what is written outside of pages; `platform` is what both shells have in common. */
  say(owner: string, locale: string, key: string): Promise<string | undefined>
}

const PAGE_TEXTS = 100

function nameOf(principal: Principal): string {
  return principal.kind === 'user' ? principal.userId : 'operator'
}

function textOf(
  locale: string,
  { id, messages }: Pick<TextOwner, 'id' | 'messages'>,
  [key, english]: readonly [string, string],
  override: Override | undefined,
): routes.Text {
  const text = override?.text ?? null
  return {
    owner: id,
    key,
    english,
    text,
    shipped: messages.get(locale)?.get(key) ?? null,
    revision: override?.revision ?? 0,
    isOutdated: text !== null && locale !== 'en' && override?.english !== english,
    changedBy: override?.changedBy ?? null,
    changedAt: override?.changedAt.toISOString() ?? null,
    forms: english.includes('|') ? [...pluralForms(locale)] : [],
  }
}

const states = {
  missing: ({ shipped, text }: routes.Text) => shipped === null && text === null,
  edited: ({ text }: routes.Text) => text !== null,
  outdated: ({ isOutdated }: routes.Text) => isOutdated,
} as const

function isFound({ owner, key, english, shipped, text }: routes.Text, search: string): boolean {
  const wanted = search.toLowerCase()
  return [`${owner}.${key}`, english, shipped, text].some((part) => part?.toLowerCase().includes(wanted))
}

/** What every page says, as it was shipped and as operators say it instead. */
export function createTranslations({
  database,
  realtime,
  root,
  pluginTexts,
}: TranslationsOptions): Translations {
  const table = overridesTable(database)
  const shellTexts = createShellTexts(root)

  async function owners(): Promise<readonly TextOwner[]> {
    return [...(await shellTexts()), ...pluginTexts()]
  }
  async function locales(): Promise<readonly string[]> {
    return [...((await shellTexts())[0]?.messages.keys() ?? [])].sort()
  }
  async function demand(locale: string): Promise<void> {
    if (!(await locales()).includes(locale)) throw translationsRefusals.locale_not_found({ locale })
  }

  /** Texts of a plugin that is not enabled now are kept, and not told. */
  async function textsOf(locale: string): Promise<routes.Text[]> {
    const newest = new Map((await table.newest(locale)).map((one) => [`${one.owner} ${one.key}`, one]))
    return (await owners()).flatMap((owner) =>
      [...(owner.messages.get('en') ?? [])].map((entry) =>
        textOf(locale, owner, entry, newest.get(`${owner.id} ${entry[0]}`)),
      ),
    )
  }

  async function say(owner: string, locale: string, key: string): Promise<string | undefined> {
    const place = owner === 'platform' ? { id: 'base', key: `platform.${key}` } : { id: owner, key }
    const own = (await table.newest(locale)).find((one) => one.owner === place.id && one.key === place.key)
    const shipped = (await owners()).find(({ id }) => id === place.id)?.messages.get(locale)
    return own?.text ?? shipped?.get(place.key)
  }

  async function overridesOf(locale: string): Promise<routes.Overrides> {
    const overrides: Record<string, Record<string, string>> = {}
    for (const { owner, key, text } of await table.newest(locale)) {
      if (text !== null) (overrides[owner] ??= {})[key] = text
    }
    return { locale, overrides }
  }

  async function tell(locale: string): Promise<void> {
    realtime.publish('translations.overrides', locale, await overridesOf(locale))
  }

  /** Writes the next wording of a text; throws the rule it breaks. */
  async function write(current: routes.Text, locale: string, text: string | null, by: string): Promise<void> {
    const { owner, key, english } = current
    const fault = text === null ? undefined : textFault(locale, english, text)
    if (fault) throw fault
    const next = { locale, owner, key, english, text, revision: current.revision + 1, changedBy: by }
    if (!(await table.add(next))) throw translationsRefusals.changed_meanwhile({ owner, key })
  }

  async function save(params: {
    readonly locale: string
    readonly owner: string
    readonly key: string
    readonly text: string | null
    readonly revision: number
    readonly by: string
  }): Promise<routes.Text> {
    const { locale, owner, key, by } = params
    await demand(locale)
    const find = async (): Promise<routes.Text> => {
      const found = (await textsOf(locale)).find((one) => one.owner === owner && one.key === key)
      if (!found) throw translationsRefusals.text_not_found({ owner, key })
      return found
    }
    const current = await find()
    if (current.revision !== params.revision)
      throw translationsRefusals.changed_meanwhile({ owner, key, text: current.text })
    const isShipped = params.text === current.shipped
    await write(current, locale, isShipped ? null : params.text, by)
    await tell(locale)
    return find()
  }

  async function importAll(
    locale: string,
    texts: Readonly<Record<string, Record<string, string>>>,
    by: string,
  ) {
    await demand(locale)
    const known = new Map((await textsOf(locale)).map((one) => [`${one.owner} ${one.key}`, one]))
    const result = { saved: 0, unchanged: 0, refused: [] as { owner: string; key: string; code: string }[] }
    for (const [owner, ofOwner] of Object.entries(texts)) {
      for (const [key, text] of Object.entries(ofOwner)) {
        const current = known.get(`${owner} ${key}`)
        if (current && (text === '' || text === (current.text ?? current.shipped))) {
          result.unchanged++
          continue
        }
        try {
          if (!current) throw translationsRefusals.text_not_found()
          await write(current, locale, text === current.shipped ? null : text, by)
          result.saved++
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          result.refused.push({ owner, key, code: error.type })
        }
      }
    }
    if (result.saved > 0) await tell(locale)
    return result
  }

  const implementations = [
    implement(routes.showOverrides, async ({ params: { locale } }) => {
      await demand(locale)
      return overridesOf(locale)
    }),
    implement(routes.listLocales, async () => ({
      items: await Promise.all(
        (await locales()).map(async (locale) => {
          const texts = await textsOf(locale)
          const count = (state: keyof typeof states): number => texts.filter(states[state]).length
          return {
            locale,
            texts: texts.length,
            missing: count('missing'),
            edited: count('edited'),
            outdated: count('outdated'),
          }
        }),
      ),
      owners: (await owners()).map(({ id, name }) => ({ id, name })),
    })),
    implement(routes.listTexts, async ({ params }) => {
      const { locale, owner, state, search, limit = PAGE_TEXTS, cursor } = params
      await demand(locale)
      const texts = (await textsOf(locale)).filter(
        (one) =>
          (owner === undefined || one.owner === owner) &&
          (state === undefined || states[state](one)) &&
          (search === undefined || isFound(one, search)),
      )
      const nameOfText = (one: routes.Text): string => `${one.owner} ${one.key}`
      const start = cursor === undefined ? 0 : texts.findIndex((one) => nameOfText(one) === cursor) + 1
      const items = texts.slice(start, start + limit)
      const last = items.at(-1)
      return { items, ...(last && start + limit < texts.length ? { nextCursor: nameOfText(last) } : {}) }
    }),
    implement(routes.saveText, ({ params, principal }) => save({ ...params, by: nameOf(principal) })),
    implement(routes.listWordings, async ({ params: { locale, owner, key } }) => {
      await demand(locale)
      const wordings = await table.history(locale, owner, key)
      return {
        items: wordings.map(({ revision, text, changedBy, changedAt }) => ({
          revision,
          text,
          changedBy,
          changedAt: changedAt.toISOString(),
        })),
      }
    }),
    implement(routes.exportTexts, async ({ params: { locale } }) => {
      await demand(locale)
      const texts: Record<string, Record<string, string>> = {}
      for (const { owner, key, text, shipped } of await textsOf(locale)) {
        ;(texts[owner] ??= {})[key] = text ?? shipped ?? ''
      }
      return { locale, texts }
    }),
    implement(routes.importTexts, ({ params: { locale, texts }, principal }) =>
      importAll(locale, texts, nameOf(principal)),
    ),
  ] as const

  realtime.provide('translations', { name: 'translations.overrides', access: 'public' }, ({ key }) =>
    overridesOf(key),
  )

  return {
    implementations: implementations as unknown as readonly Implementation<never>[],
    say,
    permissions: [
      { id: 'translations.texts.manage', title: 'Edit the texts of all pages', roles: ['admin'] },
    ],
  }
}

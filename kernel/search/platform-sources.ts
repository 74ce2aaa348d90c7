import { searchRank } from '../contract/index.ts'
import type { SearchDeclaration } from '../plugins/manifest.ts'
import type { SettingsOwner } from '../settings/index.ts'
import type { SearchHit, SearchSource } from './source.ts'

/** What the platform itself can be searched for, beside what plugins offer. */
export const platformSearch: readonly SearchDeclaration[] = [
  { id: 'platform.assets', title: 'search.assets', app: 'portal', order: 100 },
  {
    id: 'platform.users',
    title: 'search.users',
    app: 'admin',
    order: 100,
    permission: 'identity.users.read',
  },
  {
    id: 'platform.settings',
    title: 'search.settings',
    app: 'admin',
    order: 150,
    permission: 'plugins.marketplace.manage',
  },
  {
    id: 'platform.entries',
    title: 'search.entries',
    app: 'admin',
    order: 200,
    permission: 'ledger.accounts.read',
  },
  {
    id: 'platform.accounts',
    title: 'search.accounts',
    app: 'admin',
    order: 300,
    permission: 'ledger.accounts.read',
  },
]

interface Listed<T> {
  readonly items: readonly T[]
}

export interface PlatformSearchParts {
  assets(): Promise<ReadonlyMap<string, { readonly id: string; readonly name: string }>>
  /** By id, or the beginning of an address. */
  users(text: string, limit: number): Promise<Listed<{ readonly id: string; readonly email: string }>>
  /** By key. */
  entries(key: string, limit: number): Promise<Listed<{ id: string; key: string; kind: string }>>
  /** Parts of the platform and plugins that have some. */
  settings(): Promise<readonly SettingsOwner[]>
  /** By the beginning of the id. */
  accounts(prefix: string, limit: number): Promise<Listed<{ readonly id: string }>>
}

export function platformSources(parts: PlatformSearchParts): Readonly<Record<string, SearchSource>> {
  return {
    'platform.assets': async ({ text }) =>
      [...(await parts.assets()).values()].flatMap(({ id, name }) => {
        const rank = searchRank(text, [id, name])
        const link = `/assets/${encodeURIComponent(id)}`
        return rank > 0 ? [{ id, title: name, text: id, link, icon: 'i-lucide-coins', rank }] : []
      }),
    'platform.users': async ({ text, limit }) =>
      (await parts.users(text, limit)).items.map(({ id, email }) => ({
        id,
        title: email,
        text: id,
        link: `/users/${id}`,
        icon: 'i-lucide-user',
        rank: Math.max(0.5, searchRank(text, [email, id])),
      })),
    'platform.settings': async ({ text, limit }) => settingHits(await parts.settings(), text, limit),
    'platform.entries': async ({ text, limit }) =>
      (await parts.entries(text, limit)).items.map(({ id, key, kind }) => ({
        id,
        title: kind,
        text: key,
        icon: 'i-lucide-book-open',
        rank: 0.9,
        link: `/ledger/entries?key=${encodeURIComponent(key)}`,
      })),
    'platform.accounts': async ({ text, limit }) =>
      (await parts.accounts(text, limit)).items.map(({ id }) => ({
        id,
        title: id,
        icon: 'i-lucide-landmark',
        rank: Math.max(0.3, searchRank(text, [id])),
        link: `/ledger/entries?account=${encodeURIComponent(id)}`,
      })),
  }
}

function settingHits(owners: readonly SettingsOwner[], text: string, limit: number): readonly SearchHit[] {
  return owners
    .flatMap(({ id: owner, name: ownerName, schema }) =>
      Object.entries(schema.properties).map(([name, property]) => {
        const { title = name, description = '' } = property as { title?: string; description?: string }
        const rank = Math.max(searchRank(text, [title, name]), searchRank(text, [description]) * 0.6)
        const link = `/settings#${owner}.${name}`
        return { id: `${owner}.${name}`, title, text: ownerName, link, icon: 'i-lucide-settings-2', rank }
      }),
    )
    .filter(({ rank }) => rank > 0)
    .toSorted((left, right) => right.rank - left.rank)
    .slice(0, limit)
}

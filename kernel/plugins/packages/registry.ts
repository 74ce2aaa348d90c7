import { createHash, timingSafeEqual } from 'node:crypto'
import { maxSatisfying, validRange } from 'semver'
import { PACKAGE_KEYWORD } from './format.ts'
import { packageLimits } from './limits.ts'
import { packagesRefusals } from './refusals.ts'

/** A package as a registry lists it. What it says of itself is checked only when it is installed. */
export interface ListedPackage {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly publisher: string
  readonly keywords: readonly string[]
  readonly date: string | null
}

export interface Registry {
  /** Packages with the keyword `cambium-plugin`. */
  search(query: { readonly text?: string; readonly scope?: string }): Promise<readonly ListedPackage[]>
  /** The bytes of the newest version that fits, as the registry announced them. */
  fetch(name: string, range?: string): Promise<Buffer>
}

export interface RegistryOptions {
  /** `https://registry.example/npm/`; name and password in it are sent as npm sends them. */
  readonly url: string | undefined
  readonly token?: string | undefined
}

interface SearchAnswer {
  readonly objects?: readonly { readonly package?: Partial<SearchedPackage> }[]
}

interface SearchedPackage {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly keywords: unknown
  readonly date: string
  /** Some registries send the tags and times instead of one version and its date. */
  readonly 'dist-tags': { readonly latest?: string }
  readonly time: { readonly modified?: string }
  readonly author: { readonly name?: string } | string
  readonly publisher: { readonly username?: string }
}

interface Packument {
  readonly 'dist-tags'?: Readonly<Record<string, string>>
  readonly versions?: Readonly<Record<string, { readonly dist?: Distribution }>>
}

interface Distribution {
  readonly tarball?: string
  readonly integrity?: string
}

const TIMEOUT_MS = 30_000
const ANSWER_BYTES_MAX = 8 * 1024 * 1024
const SEARCH_SIZE = 100

/** An npm registry of the operator's choice, by the protocol npm itself speaks. */
export function createRegistry({ url, token }: RegistryOptions): Registry {
  const base = (): URL => {
    if (url === undefined) throw packagesRefusals.registry_not_set()
    return new URL(url.endsWith('/') ? url : `${url}/`)
  }

  function headers({ username, password }: URL): Record<string, string> {
    if (token !== undefined) return { authorization: `Bearer ${token}` }
    if (username === '') return {}
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
  }

  async function get(target: URL, bytesMax: number): Promise<Buffer> {
    const registry = base()
    const reason = (text: string) =>
      packagesRefusals.registry_unavailable({ registry: registry.host, reason: text })
    // Where a registry sends us is its own business; who we are is told to itself only.
    if (target.origin !== registry.origin) throw reason(`It names files on another host, ${target.host}.`)
    target.username = target.password = ''
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const response = await fetch(target, { headers: headers(registry), signal }).catch((error: unknown) => {
      throw reason(error instanceof Error ? causeOf(error) : String(error))
    })
    if (response.status === 404)
      throw packagesRefusals.registry_package_not_found({ registry: registry.host })
    if (!response.ok) throw reason(`It answered ${response.status}.`)
    return readLimited(response, bytesMax)
  }

  async function json<T>(target: URL): Promise<T> {
    const bytes = await get(target, ANSWER_BYTES_MAX)
    try {
      return JSON.parse(bytes.toString('utf8')) as T
    } catch {
      throw packagesRefusals.registry_unavailable({ registry: target.host, reason: 'Its answer is no JSON.' })
    }
  }

  async function objectsOf(words: readonly string[]): Promise<NonNullable<SearchAnswer['objects']>> {
    const target = new URL('-/v1/search', base())
    target.searchParams.set('text', words.join(' '))
    target.searchParams.set('size', String(SEARCH_SIZE))
    return (await json<SearchAnswer>(target)).objects ?? []
  }

  return {
    search: async ({ text = '', scope }) => {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean)
      const npmWords = [
        `keywords:${PACKAGE_KEYWORD}`,
        ...(scope === undefined ? [] : [`scope:${scope.slice(1)}`]),
      ]
      const asked = await objectsOf([...npmWords, ...words])
      // A registry that knows no qualifiers takes them for words, and finds nothing.
      const found =
        asked.length > 0 ? asked : await objectsOf([...(scope === undefined ? [] : [scope]), ...words])
      return found
        .flatMap((object) => listed(object.package))
        .filter(({ keywords }) => keywords.includes(PACKAGE_KEYWORD))
        .filter(({ name }) => scope === undefined || name.startsWith(`${scope}/`))
        .filter(({ name, description, keywords }) => {
          const about = `${name} ${description} ${keywords.join(' ')}`.toLowerCase()
          return words.every((word) => about.includes(word))
        })
    },
    fetch: async (name, range = 'latest') => {
      const about = { name, range }
      const packument = await json<Packument>(new URL(name.replace('/', '%2f'), base()))
      const { 'dist-tags': tags = {}, versions = {} } = packument
      const tagged = Object.hasOwn(tags, range) ? tags[range] : undefined
      const newest = validRange(range) === null ? null : maxSatisfying(Object.keys(versions), range)
      const version = tagged ?? newest
      const { tarball, integrity } = (version && versions[version]?.dist) || {}
      if (tarball === undefined) throw packagesRefusals.registry_package_not_found(about)
      const bytes = await get(new URL(tarball), packageLimits.packedBytes)
      if (!isAnnounced(bytes, integrity))
        throw packagesRefusals.registry_integrity_wrong({ ...about, version })
      return bytes
    },
  }
}

function listed(found: Partial<SearchedPackage> | undefined): readonly ListedPackage[] {
  const {
    name,
    version = found?.['dist-tags']?.latest,
    description,
    author,
    publisher,
    keywords,
  } = found ?? {}
  if (typeof name !== 'string' || typeof version !== 'string') return []
  const date = found?.date ?? found?.time?.modified
  const people = [typeof author === 'string' ? author : author?.name, publisher?.username]
  return [
    {
      name,
      version,
      description: typeof description === 'string' ? description : '',
      publisher: people.find((person) => typeof person === 'string') ?? '',
      keywords: Array.isArray(keywords) ? keywords.filter((word) => typeof word === 'string') : [],
      date: typeof date === 'string' && !Number.isNaN(Date.parse(date)) ? new Date(date).toISOString() : null,
    },
  ]
}

/** Several hashes may be announced; one of the two strong kinds must be there and right. */
function isAnnounced(bytes: Buffer, integrity: string | undefined): boolean {
  const announced = (integrity ?? '').split(/\s+/).flatMap((entry) => {
    const [, algorithm, base64] = /^(sha512|sha384)-([A-Za-z0-9+/=]+)$/.exec(entry) ?? []
    return algorithm === undefined || base64 === undefined ? [] : [{ algorithm, base64 }]
  })
  return (
    announced.length > 0 &&
    announced.every(({ algorithm, base64 }) => {
      const expected = Buffer.from(base64, 'base64')
      const found = createHash(algorithm).update(bytes).digest()
      return expected.length === found.length && timingSafeEqual(expected, found)
    })
  )
}

async function readLimited(response: Response, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > bytesMax) throw packagesRefusals.package_exceeds_limit({ limit: 'bytes sent', max: bytesMax })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** `fetch failed` says nothing; what lies below it does. */
function causeOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message
}

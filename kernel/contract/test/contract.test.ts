import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { Integer, Object as Shape, Optional, String as Text } from 'typebox'
import { checkOf } from '../../broker/index.ts'
import { parseAmount } from '../../money/index.ts'
import {
  createApi,
  decimal,
  ProblemError,
  Refusal,
  refusalCatalogue,
  refusals,
  route,
  timestamp,
  type ApiOptions,
} from '../index.ts'

const show = route({
  action: 'fern.fronds.show',
  rest: 'GET /fern/:fernId/fronds/:frondId',
  summary: 'Show a frond',
  permission: 'public',
  params: Shape({ fernId: Text(), frondId: Text(), limit: Optional(Integer()), of: Optional(Text()) }),
  result: Shape({ ok: Text() }),
  errors: [],
})
const grow = route({
  action: 'fern.fronds.grow',
  rest: 'POST /fern/:fernId/fronds',
  summary: 'Grow a frond',
  permission: 'signedIn',
  params: Shape({ fernId: Text(), length: decimal }),
  result: Shape({}),
  errors: [],
  idempotency: 'required',
})

interface Sent {
  readonly url: string
  readonly init: RequestInit
}

function recording(answer: () => Response, options: Partial<ApiOptions> = {}) {
  const sent: Sent[] = []
  const fetch = ((url: string, init: RequestInit) => {
    sent.push({ url, init })
    return Promise.resolve(answer())
  }) as typeof globalThis.fetch
  return { sent, api: createApi({ baseUrl: '/api', fetch, ...options }) }
}

const headersOf = ({ init }: Sent): Record<string, string> => init.headers as Record<string, string>

describe('client', () => {
  it('puts parameters into the path, and the rest into the query', async () => {
    const { api, sent } = recording(() => Response.json({ ok: 'yes' }))
    const params = { fernId: 'a/b', frondId: '1', limit: 3, of: 'x&y' }
    assert.deepEqual(await api(show, params), { ok: 'yes' })
    assert.equal(sent[0]?.url, '/api/fern/a%2Fb/fronds/1?limit=3&of=x%26y')
    assert.equal(sent[0]?.init.method, 'GET')
    await api(show, { fernId: '1', frondId: '2' })
    assert.equal(sent[1]?.url, '/api/fern/1/fronds/2')
  })

  it('names a list in the query once for each of its members', async () => {
    const { api, sent } = recording(() => Response.json({ ok: 'yes' }))
    await api(show, { fernId: '1', frondId: '2', of: ['x', 'y'] as unknown as string })
    assert.equal(sent[0]?.url, '/api/fern/1/fronds/2?of=x&of=y')
  })

  it('sends the rest of a write as JSON, with a fresh key unless the caller keeps one', async () => {
    const { api, sent } = recording(() => Response.json({}), { headers: () => ({ 'x-csrf-token': 'token' }) })
    await api(grow, { fernId: '1', length: '2.5' })
    await api(grow, { fernId: '1', length: '2.5' })
    await api(grow, { fernId: '1', length: '2.5' }, { idempotencyKey: 'mine' })
    const [first, second, third] = sent as [Sent, Sent, Sent]
    assert.equal(first.init.body, '{"length":"2.5"}')
    assert.equal(headersOf(first)['x-csrf-token'], 'token')
    assert.notEqual(headersOf(first)['idempotency-key'], headersOf(second)['idempotency-key'])
    assert.equal(headersOf(third)['idempotency-key'], 'mine')
  })

  it('throws the problem that was answered, and a plain one when a stranger answered', async () => {
    const problem = {
      type: '/problems/fern.frond_not_found',
      title: 'No such frond.',
      status: 404,
      frondId: '1',
    }
    const known = recording(() => Response.json(problem, { status: 404 }))
    await assert.rejects(known.api(show, { fernId: '1', frondId: '1' }), (error: unknown) => {
      assert.ok(error instanceof ProblemError)
      assert.equal(error.code, 'fern.frond_not_found')
      assert.deepEqual(error.problem, problem)
      return true
    })
    const stranger = recording(() => new Response('<html>', { status: 502 }))
    await assert.rejects(stranger.api(show, { fernId: '1', frondId: '1' }), (error: unknown) => {
      assert.ok(error instanceof ProblemError)
      assert.deepEqual([error.code, error.problem.status], ['about:blank', 502])
      return true
    })
  })
})

describe('refusals', () => {
  it('carry their code, status and data, and are found in the catalogue', () => {
    const words = refusals('fern', { frond_too_long: { status: 422, message: 'Too long.', retryable: true } })
    const refusal = words.frond_too_long({ lengthMax: '3' })
    assert.ok(refusal instanceof Refusal)
    const { type, code, message, retryable, data } = refusal
    assert.deepEqual(
      { type, code, message, retryable, data },
      {
        type: 'fern.frond_too_long',
        code: 422,
        message: 'Too long.',
        retryable: true,
        data: { lengthMax: '3' },
      },
    )
    assert.equal(words.frond_too_long.code, 'fern.frond_too_long')
    assert.equal(refusalCatalogue().get('fern.frond_too_long')?.status, 422)
    assert.equal(refusalCatalogue().get('validation')?.status, 400)
  })
})

describe('schema words', () => {
  it('accept exactly the decimals that money reads', () => {
    const check = checkOf(decimal)
    const texts = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'0123456789.-+e '), maxLength: 12 }),
      fc
        .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.bigInt({ min: 0n, max: 10n ** 9n }))
        .map(([a, b]) => `${a}.${b}`),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const isAccepted = check(text).length === 0
        let isRead = true
        try {
          parseAmount(text, 24)
        } catch {
          isRead = false
        }
        assert.equal(isAccepted, isRead && !text.startsWith('-'))
      }),
    )
  })

  it('accept moments with a zone only', () => {
    const check = checkOf(timestamp)
    assert.deepEqual(check(new Date(0).toISOString()), [])
    for (const text of ['yesterday', '2026-02-30T00:00:00Z', '2026-01-01', '2026-01-01T00:00:00']) {
      assert.notDeepEqual(check(text), [], text)
    }
  })
})

describe('contract and money', () => {
  it('run in a page: they import nothing of Node', async () => {
    for (const folder of ['contract', 'money']) {
      const directory = new URL(`../../${folder}/`, import.meta.url)
      const files = (await readdir(directory)).filter((file) => file.endsWith('.ts'))
      assert.ok(files.length > 1)
      for (const file of files) {
        const source = await readFile(new URL(file, directory), 'utf8')
        const foreign = [...source.matchAll(/from '([^']+)'/g)]
          .map(([, name]) => name as string)
          .filter((name) => !name.startsWith('./') && name !== 'typebox' && name !== '../contract/index.ts')
        assert.deepEqual(foreign, [], file)
      }
    }
  })
})

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createApi } from '../../kernel/contract/index.ts'
import { login } from '../../kernel/identity/routes.ts'
import type { Platform } from '../../kernel/setup/index.ts'
import { gzipLines, recordedStream } from '../../kernel/replay/test/recorded-stream.ts'
import { placeOrder } from '../../plugins/spot/routes/orders.ts'
import { platform } from './platform.ts'

interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const command = new URL('../../kernel/cli/cambium.mjs', import.meta.url).pathname

/** A user's bid far below the market, over HTTP as a browser would send it. */
async function restOrder(url: string): Promise<void> {
  let cookie = ''
  const fetchWithCookie: typeof fetch = async (input, init) => {
    const response = await fetch(input, { ...init, headers: { ...(init?.headers as object), cookie } })
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    return response
  }
  let csrfToken = ''
  const headers = () => ({ 'x-csrf-token': csrfToken })
  const api = createApi({ baseUrl: `${url}/api`, fetch: fetchWithCookie, headers })
  const session = await api(login, { email: 'trader@cambium.demo', password: 'demo-password' })
  csrfToken = session.csrfToken
  const order = { marketId: 'BTC-USDT', side: 'buy', type: 'limit', price: '100', quantity: '1' } as const
  await api(placeOrder, order)
}

describe('operator commands', function () {
  this.timeout(120_000)
  let running: Platform
  let environment: NodeJS.ProcessEnv
  let directory: string

  before(async () => {
    running = await platform()
    environment = { ...process.env, OPERATOR_SOCKET: running.operatorSocket }
    directory = await mkdtemp(path.join(tmpdir(), 'cambium-commands-'))
    await cambium('plugin', 'enable', 'spot', '--approve-grants')
  })
  after(() => rm(directory, { recursive: true }))

  function cambium(...words: string[]): Promise<Finished> {
    return new Promise((resolve) => {
      execFile(process.execPath, [command, ...words], { env: environment }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr })
      })
    })
  }

  async function file(content: string | Uint8Array): Promise<string> {
    const name = path.join(directory, 'input')
    await writeFile(name, content)
    return name
  }

  it('say how they are used', async () => {
    for (const words of [
      ['user', 'create'],
      ['plugin', 'enable'],
      ['ledger', 'check'],
      ['market', 'replay'],
    ]) {
      const { code, stdout } = await cambium(...words, '--help')
      assert.equal(code, 0)
      assert.match(stdout, new RegExp(`Usage: cambium ${words.join(' ')}`))
    }
  })

  it('open a funded account, once', async () => {
    const words = ['user', 'create', '--email', 'bob@example.com', '--password', 'correct horse battery']
    const more = ['--fund', 'USDT=1000,BTC=0.5', '--api-key', 'read,trade', '--json']
    const { code, stdout } = await cambium(...words, ...more)
    assert.equal(code, 0)
    const { userId, apiKey, apiSecret } = JSON.parse(stdout) as Record<string, string>
    assert.match(userId ?? '', /^\d+$/)
    for (const word of [apiKey, apiSecret]) assert.match(word ?? '', /^[A-Za-z0-9]{64}$/)
    const again = await cambium(...words)
    assert.equal(again.code, 1)
    assert.match(again.stderr, /identity\.email_already_used/)
  })

  it('say what is missing when an account was opened and not funded, and fund it', async () => {
    const words = ['user', 'create', '--email', 'carol@example.com', '--password', 'correct horse battery']
    const half = await cambium(...words, '--fund', 'USDT=10,NOPE=1,BTC=0.5')
    assert.equal(half.code, 1)
    assert.match(half.stderr, /exchange\.asset_not_found/)
    assert.match(half.stderr, /cambium user fund carol@example\.com NOPE=1,BTC=0\.5$/m)
    const { code, stdout } = await cambium('user', 'fund', 'Carol@example.com', 'BTC=0.5', '--json')
    assert.equal(code, 0)
    const { funded } = JSON.parse(stdout) as { funded: unknown }
    assert.deepEqual(funded, [{ assetId: 'BTC', amount: '0.5' }])
    assert.match((await cambium('user', 'fund', 'nobody@example.com', 'BTC=1')).stderr, /Nobody signs in/)
  })

  it('list, plan and change products, with the time of each step', async () => {
    const listed = JSON.parse((await cambium('plugin', 'list', '--json')).stdout) as {
      id: string
      state: string
    }[]
    assert.deepEqual(
      listed.filter(({ id }) => id === 'spot').map(({ state }) => state),
      ['enabled'],
    )
    assert.match((await cambium('plugin', 'plan', 'spot')).stdout, /POST \/spot\/orders/)
    const disabled = await cambium('plugin', 'disable', 'spot', '--json')
    assert.equal(disabled.code, 0)
    const { steps } = JSON.parse((await cambium('plugin', 'enable', 'spot', '--json')).stdout) as {
      steps: { name: string; ms: number }[]
    }
    assert(steps.length > 3 && steps.every(({ ms }) => ms >= 0))
    assert.equal((await cambium('plugin', 'enable', 'nowhere')).code, 1)
  })

  it('play a recorded market whole, and twice', async () => {
    const recording = await file(gzipLines(recordedStream(21, 120)))
    for (const source of ['served', 'run']) {
      const { code, stdout, stderr } = await cambium('market', 'replay', 'BTC-USDT', recording, '--json')
      assert.equal(code, 0, stdout + stderr)
      const result = JSON.parse(stdout) as {
        trades: { recorded: number; printed: number }
        candles: { recorded: number; equal: number; source: string }
        book: { equal: boolean }
        ledger: { balanced: boolean }
      }
      assert(result.trades.recorded > 50)
      assert.equal(result.trades.printed, result.trades.recorded)
      assert.equal(result.candles.equal, result.candles.recorded)
      assert.equal(result.candles.source, source)
      assert.deepEqual([result.book.equal, result.ledger.balanced], [true, true])
    }
  })

  it('play where somebody has open orders only when forced', async () => {
    const recording = await file(gzipLines(recordedStream(23, 40)))
    await restOrder(running.url)
    const refused = await cambium('market', 'replay', 'BTC-USDT', recording)
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /^1 user\(s\) have 1 open order\(s\) in BTC-USDT.* --force .*\n$/)
    const forced = await cambium('market', 'replay', 'BTC-USDT', recording, '--force', '--json')
    const { trades } = JSON.parse(forced.stdout) as { trades: { recorded: number; printed: number } }
    assert.equal(trades.printed, trades.recorded)
  })

  it('refuse a recording that is cut off, by its line, and place nothing', async () => {
    const lines = recordedStream(22, 40)
    const cut = [...lines.slice(0, 11), lines[11]?.slice(0, 70)].join('\n')
    const { code, stderr } = await cambium('market', 'replay', 'BTC-USDT', await file(cut))
    assert.equal(code, 1)
    assert.match(stderr, /^line 12: /)
    assert.match(
      (await cambium('market', 'replay', 'ETH-USDT', await file(lines.join('\n')))).stderr,
      /^line 2: /,
    )
  })

  it('find the books balanced', async () => {
    const { code, stdout } = await cambium('ledger', 'check', '--json')
    assert.equal(code, 0)
    const { balanced, assets, breaks } = JSON.parse(stdout) as {
      balanced: boolean
      assets: { asset: string; debits: string; credits: string; difference: string }[]
      breaks: unknown[]
    }
    assert.equal(balanced, true)
    assert.deepEqual(breaks, [])
    for (const row of assets) assert.deepEqual([row.difference, row.debits], ['0', row.credits])
  })

  it('replay the engine without a platform, and name a malformed line', async () => {
    environment = { ...environment, OPERATOR_SOCKET: path.join(directory, 'nobody') }
    const good = [
      '{"op":"market","market":"A-B","base":"A","quote":"B","tickSize":"1","lotSize":"1","makerFeePpm":0,"takerFeePpm":0}',
      '{"op":"deposit","account":1,"asset":"B","amount":"10"}',
    ]
    const replayed = await cambium('engine', 'replay', await file(good.join('\n')), '--state')
    assert.equal(replayed.code, 0)
    const events = replayed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string })
    assert.deepEqual(
      events.map(({ event }) => event),
      ['market', 'deposited', 'state'],
    )
    const bad = await cambium('engine', 'replay', await file([...good, '{"op":"dance"}'].join('\n')))
    assert.equal(bad.code, 1)
    assert.match(bad.stderr, /^line 3: /)
  })

  it('say in a sentence that the platform is not running', async () => {
    const { code, stderr } = await cambium('plugin', 'list')
    assert.equal(code, 1)
    assert.match(stderr, /^The platform is not running .*npm start\n$/)
  })
})

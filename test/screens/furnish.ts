import type { Page } from 'playwright-core'
import { operatorApi } from '../../kernel/cli/operator-api.ts'
import { createDatabase, execute } from '../../kernel/database/index.ts'
import { packFolder } from '../../kernel/plugins/index.ts'
import { allowUnsigned, enablePlugin, listPlugins, uploadPackage } from '../../kernel/plugins/routes.ts'
import { fixturePlugins, manifestSource, serverSource } from '../../kernel/plugins/test/fixture.ts'
import type { Platform } from '../../kernel/setup/index.ts'
import type { OpenedBrowser } from '../end-to-end/browser.ts'
import { signIn } from '../end-to-end/page-steps.ts'

export const products = ['spot', 'staking'] as const

/** Enables both products, whose demo data come with them, unless another journey has left them enabled. */
export async function enableProducts(): Promise<void> {
  const { items } = await operatorApi()(listPlugins, {})
  const enabled = new Set(items.filter((plugin) => plugin.state === 'enabled').map(({ id }) => id))
  for (const pluginId of products.filter((id) => !enabled.has(id))) {
    const { state, reason } = await operatorApi()(enablePlugin, { pluginId, approveGrants: true })
    if (state !== 'done') throw new Error(`${pluginId} could not be enabled: ${reason}`)
  }
}

/** What a platform has after a while and a demo has not: own orders, a plugin that cannot hear, one that keeps falling. */
export async function furnish(platform: Platform, browser: OpenedBrowser): Promise<void> {
  await install('pricewatch', 'Price alerts', deafManifest, deafServer)
  await install('carousel', 'Carousel', '', fallingServer)
  await placeOrders(platform, browser)
  await failDelivery(platform)
  await quarantine(platform)
}

const deafManifest = `grants: { events: ['spot.order.filled'] }, events: { listens: ['spot.order.filled'] },`
const deafServer = serverSource(1).replace(
  'implementations:',
  `listeners: { 'spot.order.filled': async () => { throw new Error('The mail server refused the connection.') } },
  implementations:`,
)
const fallingServer = serverSource(1).replace(
  /implement\(ping, .*?\)\),/,
  `implement(ping, async ({ params }) => {
    if (params.note === 'exit') process.exit(1)
    return { version: 1, generation }
  }),`,
)

/** Packs a small plugin of a publisher that nobody knows; consent is given here. */
export async function packSample(
  id: string,
  name: string,
  extra: string,
  server = serverSource(1),
): Promise<{ readonly bytes: Buffer; readonly digest: string }> {
  const plugins = await fixturePlugins()
  try {
    const manifest = manifestSource(id, { extra })
      .replaceAll('Made by a test.', 'A sample of a plugin from elsewhere.')
      .replaceAll("'Fixture'", `'${name}'`)
      .replaceAll("'Tests'", "'Northwind Labs'")
    return await packFolder(await plugins.write(id, { 'plugin.ts': manifest, 'server/server.ts': server }))
  } finally {
    await plugins.dispose()
  }
}

async function install(pluginId: string, name: string, extra: string, server: string): Promise<void> {
  const api = operatorApi()
  const { bytes, digest } = await packSample(pluginId, name, extra, server)
  await api(allowUnsigned, { digest })
  await api(uploadPackage, {}, { body: new Uint8Array(bytes) })
  const { state, reason } = await api(enablePlugin, { pluginId, approveGrants: true })
  if (state !== 'done') throw new Error(`${pluginId} could not be enabled: ${reason}`)
}

/** One user's order rests until the other fills it; two more keep resting. */
async function placeOrders({ url }: Platform, browser: OpenedBrowser): Promise<void> {
  const [trader, other] = [await browser.newPage(), await browser.newPage()]
  await signIn(trader, 'trader@cambium.demo', `${url}/login`)
  await signIn(other, 'trader2@cambium.demo', `${url}/login`)
  const place = async (page: Page, order: Readonly<Record<string, string>>): Promise<void> => {
    const session = await page.request.get(`${url}/api/identity/session`)
    const { csrfToken } = (await session.json()) as { csrfToken: string }
    const headers = { 'x-csrf-token': csrfToken, 'idempotency-key': crypto.randomUUID() }
    const answer = await page.request.post(`${url}/api/spot/orders`, {
      data: { marketId: 'BTC-USDT', type: 'limit', ...order },
      headers,
    })
    if (!answer.ok()) throw new Error(`An order was refused: ${await answer.text()}`)
  }
  const book = await trader.request.get(`${url}/api/spot/markets/BTC-USDT/book`)
  const { bids } = (await book.json()) as { bids: readonly (readonly [string, string])[] }
  const best = Math.round(Number(bids[0]?.[0] ?? 50_000))
  await place(trader, { side: 'buy', price: String(best + 1), quantity: '0.002' })
  await place(other, { side: 'sell', price: String(best + 1), quantity: '0.002' })
  await place(trader, { side: 'buy', price: String(Math.round(best * 0.97)), quantity: '0.01' })
  await place(trader, { side: 'sell', price: String(Math.round(best * 1.04)), quantity: '0.01' })
  await Promise.all([trader.context().close(), other.context().close()])
}

/** Twelve tries take hours; the last of them is written down at once. */
async function failDelivery({ databaseUrl }: Platform): Promise<void> {
  const database = createDatabase(databaseUrl)
  try {
    await execute(
      database,
      `UPDATE events_deliveries SET state = 'failed', attempts = 12, reason = ? WHERE owner = 'pricewatch'`,
      ['The mail server refused the connection.'],
    )
  } finally {
    await database.destroy()
  }
}

async function quarantine({ url }: Platform): Promise<void> {
  const deadline = Date.now() + 60_000
  const isOut = async (): Promise<boolean> =>
    (await operatorApi()(listPlugins, {})).items.some(
      ({ id, state }) => id === 'carousel' && state === 'quarantined',
    )
  while (!(await isOut())) {
    if (Date.now() > deadline) throw new Error('The falling plugin was never taken out of service.')
    await fetch(`${url}/api/carousel/ping?note=exit`).catch(() => undefined)
  }
}

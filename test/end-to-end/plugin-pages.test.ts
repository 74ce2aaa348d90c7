import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { operatorApi } from '../../kernel/cli/operator-api.ts'
import { disablePlugin, rollbackPlugin, upgradePlugin } from '../../kernel/plugins/routes.ts'
import type { Platform } from '../../kernel/setup/index.ts'
import { openBrowser, type OpenedBrowser } from './browser.ts'
import { enableJourney, installJourney } from './journey-plugin.ts'
import { assertNotReloaded, markDocument, open } from './page-steps.ts'
import { platform } from './platform.ts'

const journey = { pluginId: 'journey' }

describe('pages of a plugin', function () {
  this.timeout(120_000)
  let running: Platform
  let browser: OpenedBrowser
  let tab: Page

  before(async () => {
    running = await platform()
    process.env.OPERATOR_SOCKET = running.operatorSocket
    browser = await openBrowser()
    await installJourney([{ version: '1.0.0', edition: 1 }])
    await enableJourney('1.0.0')
    await installJourney([
      { version: '1.1.0', edition: 2 },
      { version: '1.2.0', edition: 3, script: `if (import.meta.server) throw new Error('broken edition')` },
    ])
    tab = await browser.newPage()
  })
  after(async () => {
    await operatorApi()(disablePlugin, journey)
    await browser.close()
  })

  const edition = (number: number) => tab.getByRole('heading', { name: `Edition ${number}` })
  const fieldsOf = async () => [
    await tab.getByLabel('Draft').inputValue(),
    await tab.getByLabel('Note').inputValue(),
  ]

  /** From here on every moment without any edition in the tab is counted. */
  async function watchForGaps(): Promise<void> {
    await tab.evaluate(`(() => {
      globalThis.gaps = 0
      const look = () => { if (!document.querySelector('[data-edition]')) globalThis.gaps += 1 }
      new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true })
    })()`)
  }

  async function assertKept(): Promise<void> {
    assert.deepEqual(await fieldsOf(), ['kept in a store', 'kept by the platform'])
    assert.equal(await tab.evaluate('globalThis.gaps'), 0, 'the tab showed neither version')
    await assertNotReloaded(tab)
  }

  async function html(place: string): Promise<string> {
    const response = await fetch(running.url + place)
    assert.equal(response.status, 200)
    return response.text()
  }

  it('change to the next version in an open tab, with all that was typed and no gap', async () => {
    await open(tab, `${running.url}/journey`)
    await tab.getByLabel('Draft').fill('kept in a store')
    await tab.getByLabel('Note').fill('kept by the platform')
    await markDocument(tab)
    await watchForGaps()
    const { state } = await operatorApi()(upgradePlugin, { ...journey, version: '1.1.0' })
    assert.equal(state, 'done')
    await edition(2).waitFor()
    await edition(1).waitFor({ state: 'detached' })
    await assertKept()
  })

  it('stay as they are for everybody when the next version cannot be rendered', async () => {
    const { state, reason } = await operatorApi()(upgradePlugin, { ...journey, version: '1.2.0' })
    assert.equal(state, 'failed')
    assert.match(reason ?? '', /page home \(portal\/JourneyHomePage\.vue\) of journey .*: broken edition$/)
    assert.match(await html('/journey'), /Edition 2/)
    await edition(2).waitFor()
    await assertKept()
  })

  it('go back to the version before in the same way', async () => {
    assert.equal((await operatorApi()(rollbackPlugin, journey)).state, 'done')
    await edition(1).waitFor()
    await edition(2).waitFor({ state: 'detached' })
    await assertKept()
    assert.deepEqual(browser.problems, [])
  })

  it('that throw leave the rest of the portal alone', async () => {
    await open(tab, `${running.url}/journey/throwing`)
    await tab.getByRole('alert').getByText('Fixture could not be shown').waitFor()
    await tab.getByRole('button', { name: 'Try again' }).click()
    await tab.getByRole('alert').getByText('Fixture could not be shown').waitFor()
    await tab.getByRole('link', { name: 'Cambium' }).first().click()
    await tab.getByRole('heading', { level: 1 }).waitFor()
    assert.match(new URL(tab.url()).pathname, /^\/$/)
  })

  it('that throw once data are there take nothing of the server’s answer but themselves', async () => {
    assert.match(await html('/journey/unready'), /<main[\s>]/)
    await open(tab, `${running.url}/journey/unready`)
    await tab.getByRole('alert').getByText('Fixture could not be shown').waitFor()
    const unlike = browser.problems.filter((problem) => /unready: .*hydration/i.test(problem))
    assert.deepEqual(unlike, [], 'the browser takes over what the server sent')
  })

  it('that are never ready can be left', async () => {
    await open(tab, `${running.url}/journey`)
    await tab.evaluate(
      `document.querySelector('#cambium').__vue_app__.config.globalProperties.$router.push('/journey/endless')`,
    )
    await tab.getByText('Fixture takes unusually long').waitFor()
    await tab.getByRole('link', { name: 'Cambium' }).first().click()
    await tab.getByRole('heading', { level: 1 }).waitFor()
    await tab.getByText('Fixture takes unusually long').waitFor({ state: 'detached' })
  })

  it('that are slow or throw in a slot keep nothing around them waiting', async () => {
    assert.doesNotMatch(await html('/'), /Slow card/)
    await open(tab, running.url)
    await tab.getByRole('alert').getByText('Fixture could not be shown').waitFor()
    await tab.getByRole('link', { name: 'Log in' }).first().waitFor()
    assert.equal(await tab.getByText('Slow card').count(), 0)
    await fetch(`${running.url}/api/journey/ping?note=go`)
    await tab.getByText('Slow card 1').waitFor()
  })
})

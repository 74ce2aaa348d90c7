import assert from 'node:assert/strict'
import type { Platform } from '../../kernel/setup/index.ts'
import { enableProducts } from '../screens/furnish.ts'
import { apps, baseOf, routedPages, writtenPages } from '../screens/pages.ts'
import { openBrowser, type OpenedBrowser } from './browser.ts'
import { open } from './page-steps.ts'
import { platform } from './platform.ts'

describe('the pages that are photographed', function () {
  this.timeout(120_000)
  let running: Platform
  let browser: OpenedBrowser

  before(async () => {
    running = await platform()
    process.env.OPERATOR_SOCKET = running.operatorSocket
    await enableProducts()
    browser = await openBrowser()
  })
  after(() => browser.close())

  for (const app of apps) {
    it(`are all that the ${app} has as a file or a plugin has in its manifest`, async () => {
      const page = await browser.newPage()
      await open(page, `${running.url}${baseOf[app]}/login`)
      const routed = await routedPages(page)
      const written = await writtenPages(app)
      assert.ok(written.length > 10)
      // Plugins that other journeys installed have pages too.
      assert.deepEqual(
        written.filter((one) => !routed.includes(one)),
        [],
      )
    })
  }
})

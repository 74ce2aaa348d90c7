import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { operatorApi } from '../../kernel/cli/operator-api.ts'
import { enablePlugin } from '../../kernel/plugins/routes.ts'
import { fixturePlugins } from '../../kernel/plugins/test/fixture.ts'
import { freePort, type Platform, silentProgress, startPlatform } from '../../kernel/setup/index.ts'
import { openBrowser, type OpenedBrowser } from './browser.ts'
import { assertNotReloaded, markDocument, open } from './page-steps.ts'

const root = path.resolve(import.meta.dirname, '../..')
const id = 'scratch'
const folder = path.join(root, 'plugins', id)
const SEEN_WITHIN_MS = 20_000
const FIRST_PAGE_WITHIN_MS = 100_000

const pageSource = `<script setup lang="ts">
import { ref } from 'vue'
const note = ref('')
</script>
<template>
  <div><h1>First wording</h1><label>Note <input v-model="note" /></label></div>
</template>
`

describe('npm run dev', function () {
  this.timeout(180_000)
  let directory: string
  let running: Platform
  let browser: OpenedBrowser
  let tab: Page

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'cambium-development-'))
    // MariaDB runs as another user and has to reach its folder.
    chmodSync(directory, 0o711)
    const plugins = await fixturePlugins()
    await cp(await plugins.write(id, { 'portal/ScratchHomePage.vue': pageSource }), folder, {
      recursive: true,
    })
    await plugins.dispose()
    running = await startPlatform({
      directory,
      port: await freePort(),
      progress: silentProgress,
      isDevelopment: true,
    })
    process.env.OPERATOR_SOCKET = running.operatorSocket
    const { state, reason } = await operatorApi()(enablePlugin, { pluginId: id, approveGrants: true })
    assert.equal(state, 'done', reason ?? '')
    browser = await openBrowser()
    tab = await browser.newPage()
    // The development server compiles what a page needs when it is first asked for.
    tab.setDefaultTimeout(FIRST_PAGE_WITHIN_MS)
  })
  after(async () => {
    await browser?.close()
    await running?.stop()
    await rm(folder, { recursive: true, force: true })
    await rm(directory, { recursive: true, force: true })
  })

  /** Saves a file with something changed, and says how long it took until that was seen. */
  async function save(
    file: string,
    [before, after]: readonly [string, string],
    seen: () => Promise<unknown>,
  ) {
    const place = path.join(folder, file)
    const source = await readFile(place, 'utf8')
    assert(source.includes(before), `${file} has no ${before}`)
    const savedAt = performance.now()
    await writeFile(place, source.replace(before, after))
    await seen()
    console.log(`      ${file}: ${(performance.now() - savedAt).toFixed(0)} ms`)
  }

  async function answers(version: number): Promise<void> {
    for (const deadline = Date.now() + SEEN_WITHIN_MS; ;) {
      const response = await fetch(`${running.url}/api/${id}/ping`)
      const answer = (await response.json()) as { readonly version?: number }
      if (answer.version === version) return
      assert(Date.now() < deadline, `the route still answers ${JSON.stringify(answer)}`)
    }
  }

  it('serves a saved server file at once', async () => {
    await answers(1)
    await save('server/server.ts', ['version: 1,', 'version: 2,'], () => answers(2))
  })

  it('shows a saved page in the open tab, with what was typed', async () => {
    await open(tab, `${running.url}/${id}`)
    await tab.getByLabel('Note').fill('typed before')
    await markDocument(tab)
    await save(`portal/ScratchHomePage.vue`, ['First wording', 'Second wording'], () =>
      tab.getByRole('heading', { name: 'Second wording' }).waitFor(),
    )
    assert.equal(await tab.getByLabel('Note').inputValue(), 'typed before')
    await assertNotReloaded(tab)
  })

  it('draws what does not work over the page with plugin, file and line, until it is mended', async () => {
    const alert = tab.getByRole('alert')
    await save('server/server.ts', ['version: 2,', 'version: : 2,'], () =>
      alert.getByText(/scratch serves on as it was before/).waitFor(),
    )
    await alert.getByText(/server\/server\.ts:\d+/).waitFor()
    await answers(2)
    await save('server/server.ts', ['version: : 2,', 'version: 3,'], () =>
      alert.waitFor({ state: 'detached' }),
    )
    await answers(3)
    assert.equal(await tab.getByLabel('Note').inputValue(), 'typed before')
    await assertNotReloaded(tab)
  })
})

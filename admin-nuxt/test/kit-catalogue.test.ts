import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { kitParts } from '../app/composables/kit-parts.ts'
import { partDocs, stateSamples } from '../build/part-docs.ts'

const kit = path.join(import.meta.dirname, '../../themes/base/app/components/kit')
const demos = path.join(import.meta.dirname, '../app/catalogue')
const namesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.vue'))
    .map((file) => path.basename(file, '.vue'))
    .toSorted()
const read = (name: string) => partDocs(name, readFileSync(path.join(kit, `${name}.vue`), 'utf8'))

describe('the catalogue of the kit', () => {
  it('has every part once, with a demo', () => {
    assert.deepEqual([...kitParts].toSorted(), namesIn(kit))
    assert.deepEqual(
      namesIn(demos),
      namesIn(kit).map((name) => `${name}Demo`),
    )
  })

  it('says of every part what it is for', () => {
    const silent = namesIn(kit).filter((name) => read(name).text.length < 20)
    assert.deepEqual(silent, [])
  })

  it('reads props with their types, presets and meaning, models and events from the source', () => {
    const { text, props, events } = read('CAmountInput')
    assert.match(text, /^A decimal field\./)
    assert.deepEqual(
      props.find(({ name }) => name === 'step'),
      { name: 'step', type: 'string', isRequired: true, preset: '', text: 'Tick or lot size.' },
    )
    assert.equal(props.find(({ name }) => name === 'placeholder')?.preset, "'0'")
    assert.equal(props.find(({ name }) => name === 'v-model')?.type, 'string')
    assert.deepEqual(events, [])
    assert.equal(read('CList').events[0]?.name, 'select')
  })

  it('shows of every state the lines that draw it', () => {
    for (const name of namesIn(demos)) {
      const demo = readFileSync(path.join(demos, `${name}.vue`), 'utf8')
      const samples = stateSamples(demo)
      assert.equal(Object.keys(samples).length, demo.match(/<KitState\b/g)?.length, name)
      for (const [state, sample] of Object.entries(samples)) assert.match(sample, /^</, `${name}: ${state}`)
    }
  })
})

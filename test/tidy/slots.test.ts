import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { filledSlots, renewed, slotPlaces, slotsPage } from './slot-catalogue.ts'
import { refuseAny, root } from './sources.ts'

const page = readFileSync(path.join(root, slotsPage), 'utf8')

describe('slots', () => {
  it('stand in the catalogue as the pages have them', () => {
    assert.ok(page === renewed(page), `${slotsPage} is old; say: node test/tidy/slot-catalogue.ts`)
  })

  it('are described one by one, with an example', () => {
    const sections = new Map(
      page.split(/^## /m).map((section) => [section.split('\n')[0]?.replaceAll('`', ''), section]),
    )
    refuseAny(
      slotPlaces()
        .filter(({ name }) => !/^[^#]*```/.test(sections.get(name) ?? ''))
        .map(({ name, file }) => `${name} of ${file}`),
      `${slotsPage} needs a section for each slot: what it is for, and a block of code that fills it.`,
    )
  })

  it('have one name and one version each, after the frontend they are in', () => {
    refuseAny(
      slotPlaces()
        .filter(({ name }) => !/^(portal|admin|[a-z-]+)(\.[a-z]+)+@\d+$/.test(name))
        .map(({ name, file }) => `${file}: ${name}`),
      'A slot is named like portal.dashboard@1.',
    )
  })

  it('are filled only where there are some', () => {
    const known = slotPlaces().map(({ name }) => name)
    refuseAny(
      filledSlots()
        .filter(({ name }) => !known.includes(name))
        .map(({ name, file }) => `${file}: ${name}`),
      'No page has a slot of this name.',
    )
  })
})

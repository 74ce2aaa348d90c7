import assert from 'node:assert/strict'
import { cleanLogo } from '../svg.ts'

const svg = (inside: string, more = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"${more}>${inside}</svg>`

/** What each hides, as such files do in the wild. */
const hostile: Readonly<Record<string, string>> = {
  'a script': svg('<script>alert(1)</script>'),
  'a handler': svg('<path d="M0 0" onload="alert(1)"/>'),
  'a handler in capitals': svg('<path d="M0 0" ONCLICK="alert(1)"/>'),
  'foreign content': svg('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'),
  'an image from elsewhere': svg('<image href="https://evil.example/x.png"/>'),
  'a link that runs': svg('<a href="javascript:alert(1)"><path d="M0 0"/></a>'),
  'a reference to another file': svg('<use href="https://evil.example/x.svg#a"/>'),
  'a reference to data': svg('<use href="data:image/svg+xml,x#a"/>'),
  'paint from elsewhere': svg('<path d="M0 0" fill="url(https://evil.example/#a)"/>'),
  'a style sheet': svg('<style>@import url(https://evil.example)</style>'),
  'a style attribute': svg('<path d="M0 0" style="background:url(https://evil.example)"/>'),
  'an animation': svg('<animate attributeName="href" to="javascript:alert(1)"/>'),
  'an entity': `<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">]>${svg('<title>&a;</title>')}`,
  'an instruction': `<?xml-stylesheet href="https://evil.example"?>${svg('')}`,
  'unparsed text': svg('<title><![CDATA[<script>]]></title>'),
  'another document': '<html><body/></html>',
  'a broken one': svg('<path d="M0 0">'),
  'no measure': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'too many elements': svg('<path d="M0 0"/>'.repeat(600)),
  'too much text': svg(`<title>${'a'.repeat(40_000)}</title>`),
}

describe('a logo', () => {
  for (const [name, text] of Object.entries(hostile)) {
    it(`is refused with ${name}`, () => {
      assert.throws(() => cleanLogo(text, 'mark'), { type: 'themes.logo_not_allowed' })
    })
  }

  it('is refused with the name of what it may not hold', () => {
    assert.throws(
      () => cleanLogo(svg('<script/>'), 'favicon'),
      (error: Error & { data?: { logo: string; entry: string } }) =>
        error.data?.logo === 'favicon' && error.data.entry === '<script>',
    )
  })

  it('keeps shapes, gradients and references inside the file', () => {
    const kept = cleanLogo(
      svg(
        '<defs><linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient></defs>' +
          '<path d="M0 0h8" fill="url(#a)"/><use href="#a"/>',
      ),
      'mark',
    )
    assert.match(kept, /fill="url\(#a\)"/)
    assert.match(kept, /<use href="#a"\/>/)
  })

  it('loses comments and what drawing programs write for themselves', () => {
    const kept = cleanLogo(
      svg(
        '<!-- by hand --><g class="x" data-name="Layer 1"><path d="M0 0"/></g>',
        ' xmlns:tool="http://tool"',
      ),
      'mark',
    )
    assert.doesNotMatch(kept, /by hand|class|data-name|tool/)
  })

  it('is written anew, so that text cannot become an element', () => {
    assert.match(cleanLogo(svg('<title>a &lt;script&gt;</title>'), 'mark'), /a &lt;script&gt;/)
  })
})

import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { themesRefusals } from './refusals.ts'

/** What a logo is made of. Text is not: its letters would come from whatever font is there. */
const elements: ReadonlySet<string> = new Set([
  'svg',
  'g',
  'path',
  'rect',
  'circle',
  'ellipse',
  'line',
  'polyline',
  'polygon',
  'defs',
  'linearGradient',
  'radialGradient',
  'stop',
  'clipPath',
  'mask',
  'use',
  'title',
  'desc',
])

const attributes: ReadonlySet<string> = new Set([
  'xmlns',
  'viewBox',
  'width',
  'height',
  'id',
  'version',
  'role',
  'preserveAspectRatio',
  'd',
  'x',
  'y',
  'x1',
  'y1',
  'x2',
  'y2',
  'cx',
  'cy',
  'r',
  'rx',
  'ry',
  'fx',
  'fy',
  'points',
  'pathLength',
  'fill',
  'fill-opacity',
  'fill-rule',
  'clip-rule',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-miterlimit',
  'stroke-dasharray',
  'stroke-dashoffset',
  'opacity',
  'transform',
  'color',
  'offset',
  'stop-color',
  'stop-opacity',
  'gradientUnits',
  'gradientTransform',
  'spreadMethod',
  'clip-path',
  'clipPathUnits',
  'mask',
  'maskUnits',
  'href',
])

const BYTES_MAX = 32_768
const ELEMENTS_MAX = 500
const DEPTH_MAX = 24
/** One that refers to another that refers to another grows with every step. */
const USES_MAX = 20

const namespace = 'http://www.w3.org/2000/svg'

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** Why an attribute's value may not stay, or null. Nothing outside the file is ever fetched. */
function valueProblem(name: string, value: string): string | null {
  if (name === 'href') return /^#[\w-]+$/.test(value) ? null : 'It refers to something outside the file.'
  if (name === 'xmlns') return value === namespace ? null : 'It is no SVG.'
  const outside = [...value.matchAll(/url\s*\(([^)]*)\)/gi)].some(
    ([, target = '']) => !/^#[\w-]+$/.test(target.trim()),
  )
  if (outside) return 'It refers to something outside the file.'
  return /javascript:|data:|expression\s*\(|\\/i.test(value) ? 'It holds code.' : null
}

/** Collects the cleaned text while the parser walks, and throws at the first thing a logo has no use for. */
class LogoWriter {
  readonly #logo: string
  readonly #written: string[] = []
  #depth = 0
  #elements = 0
  #uses = 0

  constructor(logo: string) {
    this.#logo = logo
  }

  refuse(reason: string, entry = ''): Error {
    return themesRefusals.logo_not_allowed({ logo: this.#logo, entry: entry.slice(0, 80), reason })
  }

  open({ name, attributes: given, isSelfClosing }: SaxesTagPlain): void {
    if (this.#elements === 0 && name !== 'svg') throw this.refuse('It is no SVG.', name)
    if (!elements.has(name)) throw this.refuse('Logos may not hold this element.', `<${name}>`)
    if (name === 'use') this.#uses += 1
    this.#elements += 1
    this.#depth += 1
    const isTooMuch = this.#elements > ELEMENTS_MAX || this.#depth > DEPTH_MAX || this.#uses > USES_MAX
    if (isTooMuch) throw this.refuse('It holds more elements than a logo may.')
    const kept = Object.entries(given).map(([attribute, value]) => this.#attribute(name, attribute, value))
    if (this.#elements === 1 && !('viewBox' in given)) throw this.refuse('It has no viewBox.', '<svg>')
    this.#written.push(`<${name}${kept.join('')}${isSelfClosing ? '/' : ''}>`)
  }

  #attribute(element: string, name: string, value: string): string {
    const plain = name === 'xlink:href' ? 'href' : name
    // Drawing programs declare namespaces of their own; without them nothing is lost.
    if (name.startsWith('xmlns:') || name.startsWith('data-') || name === 'class') return ''
    if (!attributes.has(plain)) throw this.refuse('Logos may not hold this attribute.', `${element} ${name}`)
    const problem = valueProblem(plain, value)
    if (problem !== null) throw this.refuse(problem, `${element} ${name}`)
    return ` ${plain}="${escaped(value)}"`
  }

  close({ name, isSelfClosing }: SaxesTagPlain): void {
    this.#depth -= 1
    if (!isSelfClosing) this.#written.push(`</${name}>`)
  }

  text(text: string): void {
    if (text.trim() !== '') this.#written.push(escaped(text))
  }

  get result(): string {
    const text = this.#written.join('')
    return text.startsWith('<svg') && !text.includes(namespace)
      ? text.replace('<svg', `<svg xmlns="${namespace}"`)
      : text
  }
}

/**
 * The logo written anew from what was read, so that only what is on the lists can be in it. Throws a refusal that names the
 * first element, attribute or reference a logo has no use for.
 */
export function cleanLogo(svg: string, logo: string): string {
  const writer = new LogoWriter(logo)
  if (Buffer.byteLength(svg) > BYTES_MAX) throw writer.refuse(`It is larger than ${BYTES_MAX / 1024} kB.`)
  const parser = new SaxesParser()
  parser.on('doctype', () => {
    throw writer.refuse('Logos may not declare a document type.', '<!DOCTYPE>')
  })
  parser.on('processinginstruction', ({ target }) => {
    throw writer.refuse('Logos may not hold instructions.', `<?${target}?>`)
  })
  parser.on('cdata', () => {
    throw writer.refuse('Logos may not hold unparsed text.', '<![CDATA[')
  })
  parser.on('error', (error) => {
    throw writer.refuse(`It is no well-formed XML: ${error.message.split('\n')[0]}`)
  })
  parser.on('opentag', (tag) => writer.open(tag))
  parser.on('closetag', (tag) => writer.close(tag))
  parser.on('text', (text) => writer.text(text))
  parser.write(svg.trim()).close()
  return writer.result
}

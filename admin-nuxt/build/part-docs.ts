import ts from 'typescript'

/** What the catalogue tells of a part of the kit, read from its source. */
export interface PartDocs {
  readonly name: string
  /** What it is for. */
  readonly text: string
  readonly props: readonly PropDocs[]
  readonly events: readonly EventDocs[]
  /** What of it is drawn by whoever uses it. */
  readonly slots: string
}

interface PropDocs {
  readonly name: string
  readonly type: string
  readonly isRequired: boolean
  readonly preset: string
  readonly text: string
}

interface EventDocs {
  readonly name: string
  readonly type: string
}

function commentOf(node: ts.Node, source: ts.SourceFile): string {
  const ranges = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []
  const last = ranges.at(-1)
  if (!last) return ''
  return source.text
    .slice(last.pos, last.end)
    .replace(/^\/\*\*?|\*\/$/g, '')
    .replace(/^\s*\*\s?/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
}

function textOf(node: ts.Node | undefined, source: ts.SourceFile): string {
  return node === undefined ? '' : node.getText(source).replace(/\s+/g, ' ')
}

interface Found {
  readonly props: PropDocs[]
  readonly events: EventDocs[]
  readonly presets: Map<string, string>
  slots: string
}

function readProps(call: ts.CallExpression, source: ts.SourceFile, found: Found): void {
  const [type] = call.typeArguments ?? []
  if (!type || !ts.isTypeLiteralNode(type)) return
  for (const member of type.members) {
    if (!ts.isPropertySignature(member)) continue
    found.props.push({
      name: member.name.getText(source),
      type: textOf(member.type, source),
      isRequired: member.questionToken === undefined,
      preset: '',
      text: commentOf(member, source),
    })
  }
}

function readModel(call: ts.CallExpression, source: ts.SourceFile, found: Found): void {
  const named = call.arguments.find((argument) => ts.isStringLiteral(argument))
  const options = call.arguments.find((argument) => ts.isObjectLiteralExpression(argument))
  const statement = call.parent.parent.parent
  found.props.push({
    name: `v-model${named ? `:${named.text}` : ''}`,
    type: textOf(call.typeArguments?.[0], source),
    isRequired: textOf(options, source).includes('required: true'),
    preset: '',
    text: ts.isVariableStatement(statement) ? commentOf(statement, source) : '',
  })
}

function readEvents(call: ts.CallExpression, source: ts.SourceFile, found: Found): void {
  const [type] = call.typeArguments ?? []
  if (!type || !ts.isTypeLiteralNode(type)) return
  for (const member of type.members) {
    if (ts.isPropertySignature(member))
      found.events.push({ name: member.name.getText(source), type: textOf(member.type, source) })
  }
}

function readPresets(call: ts.CallExpression, source: ts.SourceFile, found: Found): void {
  const [, presets] = call.arguments
  if (!presets || !ts.isObjectLiteralExpression(presets)) return
  for (const property of presets.properties) {
    if (ts.isPropertyAssignment(property))
      found.presets.set(property.name.getText(source), textOf(property.initializer, source))
  }
}

const readers: Readonly<
  Record<string, (call: ts.CallExpression, source: ts.SourceFile, found: Found) => void>
> = {
  defineProps: readProps,
  defineModel: readModel,
  defineEmits: readEvents,
  withDefaults: readPresets,
  defineSlots: (call, source, found) => (found.slots = textOf(call.typeArguments?.[0], source)),
}

/** The sentence that stands before the declaration of the props, or at the top of the script. */
function partText(source: ts.SourceFile): string {
  const declaring = source.statements.find(
    (statement) => !ts.isImportDeclaration(statement) && commentOf(statement, source) !== '',
  )
  return declaring ? commentOf(declaring, source) : ''
}

/** Reads one part. Vue's macros are the only source: what a component declares is what the table says. */
export function partDocs(name: string, file: string): PartDocs {
  const script = /<script setup[^>]*>([^]*?)<\/script>/.exec(file)?.[1] ?? ''
  const source = ts.createSourceFile(`${name}.ts`, script, ts.ScriptTarget.Latest, true)
  const found: Found = { props: [], events: [], presets: new Map(), slots: '' }
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) readers[node.expression.getText(source)]?.(node, source, found)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return {
    name,
    text: partText(source) || (/<template>\s*<!--([^]*?)-->/.exec(file)?.[1] ?? '').trim(),
    props: found.props.map((prop) => ({ ...prop, preset: found.presets.get(prop.name) ?? '' })),
    events: found.events,
    slots: found.slots,
  }
}

/** The samples of a demo: what stands inside each `<KitState name="…">`, without its indentation. */
export function stateSamples(demo: string): Readonly<Record<string, string>> {
  const states = demo.matchAll(/<KitState\s+name="([^"]+)"[^>]*>([^]*?)<\/KitState>/g)
  return Object.fromEntries(
    [...states].map(([, name = '', body = '']) => {
      const lines = body.replace(/^\s*\n|\s+$/g, '').split('\n')
      const indents = lines
        .filter((line) => line.trim() !== '')
        .map((line) => /^ */.exec(line)?.[0].length ?? 0)
      const indent = Math.min(...indents)
      return [name, lines.map((line) => line.slice(indent)).join('\n')]
    }),
  )
}

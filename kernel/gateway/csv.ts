import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { csvLine, type Route } from '../contract/index.ts'
import { securityHeaders, type Headers } from './answers.ts'

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

interface Page {
  readonly items: readonly unknown[]
  readonly nextCursor?: string
}

const PAGE_ROWS = 500

function itemSchema({ result }: Route): Schema | undefined {
  return (result as Schema).properties?.items?.items
}

/** A list that answers a page at a time can be had as one file, unless it takes `format` for something of its own. */
export function canBeCsv(route: Route): boolean {
  const { properties = {} } = route.params as Schema
  return route.method === 'GET' && itemSchema(route)?.properties !== undefined && !('format' in properties)
}

/** `balances.available`: every field that is no object itself, in the order they are declared. */
function pathsOf(schema: Schema, prefix = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    property.properties ? pathsOf(property, `${prefix}${name}.`) : [prefix + name],
  )
}

function valueAt(item: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], item)
}

/** What a list's items become: the heads of the columns, and the lines of one item. */
export interface CsvForm {
  readonly head: string
  lines(item: unknown): string
}

/** With `csvRows`, an item has a line for each member of that list, and what it says itself stands on all of them. */
export function csvForm(route: Route): CsvForm {
  const schema = itemSchema(route) ?? {}
  const { csvRows } = route
  const own = pathsOf(schema).filter((path) => path !== csvRows)
  const inner = csvRows === undefined ? [] : pathsOf(schema.properties?.[csvRows]?.items ?? {})
  return {
    head: csvLine([...own, ...inner.map((path) => `${csvRows}.${path}`)]),
    lines(item) {
      const cells = own.map((path) => valueAt(item, path))
      const members = csvRows === undefined ? [] : (valueAt(item, csvRows) as readonly unknown[])
      if (members.length === 0) return csvLine([...cells, ...inner.map(() => '')])
      return members
        .map((member) => csvLine([...cells, ...inner.map((path) => valueAt(member, path))]))
        .join('')
    },
  }
}

function fileName({ path }: Route): string {
  const words = path.split('/').filter((word) => word !== '' && !word.startsWith(':'))
  return `${words.join('-')}.csv`
}

export interface CsvAnswer {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly route: Route
  readonly params: Readonly<Record<string, unknown>>
  readonly headers: Headers
  /** Reads a page, as this caller may see it. */
  readonly read: (params: Record<string, unknown>) => Promise<unknown>
}

/** Writes page after page as it is read. What fails on the first is refused as usual; later, the file breaks off. */
export async function sendCsv({ request, response, route, params, headers, read }: CsvAnswer): Promise<void> {
  const { properties = {} } = route.params as Schema
  const ask = 'limit' in properties ? { ...params, limit: PAGE_ROWS } : params
  const form = csvForm(route)
  let page = (await read(ask)) as Page
  if (response.destroyed) return
  response.writeHead(200, {
    ...securityHeaders,
    ...headers,
    'cache-control': 'no-store',
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${fileName(route)}"`,
  })
  if (request.method === 'HEAD') return void response.end()
  response.write(form.head)
  try {
    for (;;) {
      const text = page.items.map((item) => form.lines(item)).join('')
      if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')])
      if (page.nextCursor === undefined || response.destroyed) break
      page = (await read({ ...ask, cursor: page.nextCursor })) as Page
    }
    response.end()
  } catch (error) {
    // A file that ends early must not look whole.
    response.destroy()
    throw error
  }
}

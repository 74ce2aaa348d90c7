import { implement, type Implementation } from '../broker/index.ts'
import type { WatchedDatabase } from '../database/index.ts'
import type { Readiness } from '../gateway/index.ts'
import { linesOfRequest, type LogLine } from '../log/index.ts'
import type { Nodes } from '../nodes/index.ts'
import type { Figures } from './figures.ts'
import { ranges, type History } from './history.ts'
import { joinValues } from '../metrics/index.ts'
import { joinRoutes, type RouteWindow, type RouteWindowFigure } from './route-window.ts'
import { listTraces, showOverview, showRequest, showSeries, type Overview } from './routes.ts'
import type { KeptTrace, TraceStore } from './trace-store.ts'

export interface Desk {
  readonly nodes: Nodes
  readonly watched: WatchedDatabase
  readonly figures: () => Promise<Figures>
  readonly ready: () => Promise<Readiness>
  readonly history: History
  readonly traces: TraceStore
  readonly window: RouteWindow
  readonly pluginMetrics: () => Overview['pluginMetrics']
}

const ASK_MS = 2_000
const ROUTES_SHOWN = 100
const TRACES_SHOWN = 100
const ROUTES = 'observability.routes'
const LINES = 'observability.lines'

/** What every node says; one that does not answer is left out. */
async function everywhere<T>(nodes: Nodes, question: string, content: object, own: T): Promise<readonly T[]> {
  const asked = nodes.others().map((id) => nodes.ask<T>(id, question, content, ASK_MS))
  const answers = await Promise.allSettled(asked)
  return [own, ...answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))]
}

async function overview(desk: Desk): Promise<Overview> {
  const { nodes, watched, history, window } = desk
  const figures = await desk.figures()
  const { present, missing } = figures.nodes
  const latest = await history.latest(present)
  const routes = await everywhere(nodes, ROUTES, {}, await window.figures())
  const { parts } = await desk.ready()
  return {
    nodes: [...present, ...missing].map((id) => ({
      id,
      isHere: id === nodes.id,
      isMissing: missing.includes(id),
      at: present.includes(id) ? new Date().toISOString() : null,
    })),
    parts: parts.map((part) => ({ ...part })),
    values: { ...joinValues(latest.map(({ values }) => values)) },
    routes: joinRoutes(routes)
      .slice(0, ROUTES_SHOWN)
      .map((figure) => ({ ...figure })),
    statements: watched.slowStatements().map((one) => ({ ...one })),
    engines: figures.engines.engines.map(({ isAlone: _, ...engine }) => engine),
    pluginMetrics: desk.pluginMetrics(),
    ledger: figures.ledger,
  }
}

function unique(lines: readonly LogLine[]): readonly LogLine[] {
  const byText = new Map(lines.map((line) => [`${line.time} ${line.node} ${line.message}`, line]))
  return [...byText.values()].sort((left, right) => (left.time < right.time ? -1 : 1))
}

function stepsOf(parts: readonly KeptTrace[]) {
  const steps = parts.flatMap(({ node, spans }) => spans.map((span) => ({ ...span, node })))
  return [...new Map(steps.map((step) => [step.spanId, step])).values()].sort(
    (left, right) => left.startMs - right.startMs,
  )
}

async function request(desk: Desk, asked: string) {
  const requestId = asked.length === 32 ? asked.toLowerCase() : asked
  const parts = await desk.traces.find(requestId)
  const said = await everywhere(desk.nodes, LINES, { requestId }, linesOfRequest(requestId))
  const lines = unique([...said.flat(), ...parts.flatMap((part) => part.lines)])
  return {
    requestId,
    steps: stepsOf(parts).map((step) => ({ ...step, attributes: { ...step.attributes } })),
    dropped: parts.reduce((sum, { dropped }) => sum + dropped, 0),
    lines: lines.map(({ requestId: _, ...line }) => ({ ...line })),
  }
}

/** What other nodes are asked for when somebody looks at one. */
export function answerNodes({ nodes, window }: Pick<Desk, 'nodes' | 'window'>): void {
  nodes.answer(ROUTES, () => window.figures() as Promise<readonly RouteWindowFigure[]>)
  nodes.answer<{ requestId: string }>(LINES, async ({ requestId }) => linesOfRequest(requestId))
}

export function observabilityImplementations(desk: Desk): readonly Implementation<never>[] {
  const implementations = [
    implement(showOverview, () => overview(desk)),
    implement(showSeries, async ({ params: { range, node } }) => {
      const { present } = (await desk.figures()).nodes
      const points = await desk.history.series(range, node === undefined ? present : [node])
      return {
        stepSeconds: ranges[range].stepMs / 1_000,
        points: points.map(({ at, values }) => ({ at: new Date(at).toISOString(), values: { ...values } })),
      }
    }),
    implement(listTraces, async ({ params: { kind, limit = TRACES_SHOWN } }) => ({
      items: (await desk.traces.list(kind, limit)).map(({ startMs, ...summary }) => ({
        ...summary,
        at: new Date(startMs).toISOString(),
      })),
    })),
    implement(showRequest, ({ params }) => request(desk, params.requestId)),
  ]
  return implementations as unknown as readonly Implementation<never>[]
}

import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { checkOf, type Check, type Logger } from '../broker/index.ts'
import type { StrategyPoint } from '../contract/index.ts'
import { execute } from '../database/index.ts'
import type { StrategyDeclaration } from '../plugins/manifest.ts'
import { within } from './filters.ts'
import { kernelStrategyPoints } from './points.ts'
import { filtersRefusals } from './refusals.ts'

type Strategy = (request: never) => Promise<unknown>

export interface Provider extends StrategyDeclaration {
  readonly owner: string
  readonly answer: Strategy
}

export interface StrategyChoice {
  readonly point?: StrategyPoint
  readonly owner?: string
  /** The operator's word. */
  readonly chosen: string | null
  /** Who answers now: the chosen one, or where none was chosen or it is away, the first there is. */
  readonly serving: Provider | undefined
  readonly providers: readonly Provider[]
}

export interface Strategies {
  ask(point: StrategyPoint, request: unknown): Promise<unknown>
  offer(owner: string, points: readonly StrategyPoint[]): void
  publish(
    owner: string,
    declared: readonly StrategyDeclaration[],
    answers: Readonly<Record<string, Strategy>>,
  ): void
  withdraw(owner: string): void
  setDisabled(owner: string, ids: readonly string[]): void
  isDisabled(owner: string, id: string): boolean
  choose(point: string, provider: string, changedBy: string): Promise<void>
  readonly points: ReadonlyMap<string, StrategyChoice>
  forget(owner: string): Promise<void>
  start(): Promise<void>
  stop(): void
}

const TIMEOUT_MS = 2_000
const topic = 'cambium.filters.choices'

export function createStrategies(options: { database: Knex; redis: Redis; log: Logger }): Strategies {
  const { database, redis, log } = options
  const subscriber = redis.duplicate()
  subscriber.on('error', () => undefined)
  const points = new Map<string, { point: StrategyPoint; owner: string }>()
  const disabled = new Map<string, ReadonlySet<string>>()
  const checks = new WeakMap<object, Check>()
  let providers: readonly Provider[] = []
  let choices: ReadonlyMap<string, string> = new Map()
  for (const point of kernelStrategyPoints) points.set(point.name, { point, owner: 'kernel' })

  const isDisabled = (owner: string, id: string): boolean => disabled.get(owner)?.has(id) ?? false

  function choiceAt(name: string): StrategyChoice {
    const all = providers.filter(({ point }) => point === name)
    const able = all.filter(({ owner, id }) => !isDisabled(owner, id))
    const chosen = choices.get(name) ?? null
    const serving = able.find(({ id }) => id === chosen) ?? able[0]
    return { ...points.get(name), chosen, serving, providers: all }
  }

  function assertShape(schema: StrategyPoint['request'], value: unknown, what: string): void {
    const check = checks.get(schema) ?? checkOf(schema)
    checks.set(schema, check)
    const errors = check(value)
    if (errors.length === 0) return
    throw new Error(`${what}: ${errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join(', ')}`)
  }

  async function load(): Promise<void> {
    const rows = await database<{ point: string; provider: string }>('filters_choices').select(
      'point',
      'provider',
    )
    choices = new Map(rows.map(({ point, provider }) => [point, provider]))
  }

  const failed = (error: unknown): void => log.error('choices could not be read anew', { error })

  return {
    async ask(point, request) {
      const { serving } = choiceAt(point.name)
      if (!serving) throw filtersRefusals.strategy_missing({ point: point.name })
      assertShape(point.request, request, `${point.name} is asked with what it does not declare`)
      try {
        const answer = await within(serving.answer(request as never), point.timeoutMs ?? TIMEOUT_MS)
        assertShape(point.answer, answer, `${serving.id} answers what ${point.name} does not declare`)
        return answer
      } catch (error) {
        log.error(`${serving.id} failed at ${point.name}`, { error })
        throw filtersRefusals.strategy_failed({ point: point.name, provider: serving.id })
      }
    },
    offer(owner, offered) {
      for (const [name, one] of points) if (one.owner === owner) points.delete(name)
      for (const point of offered) points.set(point.name, { point, owner })
    },
    publish(owner, declared, answers) {
      const own = declared.map((declaration) => {
        const answer = answers[declaration.id]
        if (!answer) throw new Error(`No code behind the strategy ${declaration.id}.`)
        return { ...declaration, owner, answer }
      })
      const others = providers.filter((one) => one.owner !== owner)
      providers = [...others, ...own].sort((left, right) => (left.id < right.id ? -1 : 1))
    },
    withdraw(owner) {
      providers = providers.filter((one) => one.owner !== owner)
    },
    setDisabled: (owner, ids) => void disabled.set(owner, new Set(ids)),
    isDisabled,
    async choose(name, provider, changedBy) {
      const { point, providers: all } = choiceAt(name)
      if (!point && all.length === 0) throw filtersRefusals.point_not_found({ point: name })
      const chosen = all.find(({ id }) => id === provider)
      if (!chosen) throw filtersRefusals.provider_not_found({ provider })
      await execute(
        database,
        `INSERT INTO filters_choices (point, provider, owner, changed_by, changed_at) VALUES (?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE provider = VALUES(provider), owner = VALUES(owner),
           changed_by = VALUES(changed_by), changed_at = VALUES(changed_at)`,
        [name, provider, chosen.owner, changedBy, new Date()],
      )
      await load()
      await redis.publish(topic, name)
    },
    get points() {
      const names = new Set([...points.keys(), ...providers.map(({ point }) => point)])
      return new Map([...names].sort().map((name) => [name, choiceAt(name)]))
    },
    async forget(owner) {
      await database('filters_choices').where({ owner }).delete()
      await load()
    },
    async start() {
      subscriber.on('message', () => void load().catch(failed))
      subscriber.on('ready', () => void load().catch(failed))
      await subscriber.subscribe(topic)
      await load()
    },
    stop: () => subscriber.disconnect(),
  }
}

import type { Knex } from 'knex'
import { createLogger, implement, type Implementation, type Logger, type Principal } from '../broker/index.ts'
import { systemClock, type Clock } from '../clock.ts'
import type { PermissionDeclaration } from '../contract/index.ts'
import type { Channels } from '../channels.ts'
import { eraseMarks, exportMarks, forgetMarks, markDone, markPutOff, readMarks } from './marks-table.ts'
import { onboardingRefusals } from './refusals.ts'
import { listSteps, putOffStep, type Step } from './routes.ts'
import type { IsStepDone, OnboardingStep } from './step.ts'

export interface OnboardingOptions {
  readonly database: Knex
  readonly realtime: Channels
  readonly clock?: Clock
  readonly log?: Logger
  /** How long a step may take to say whether it is done. */
  readonly timeoutMs?: number
}

export interface Onboarding {
  readonly implementations: readonly Implementation<never>[]
  readonly permissions: readonly PermissionDeclaration[]
  /** The steps of an owner, in place of those it gave before. */
  publish(owner: string, steps: readonly OnboardingStep[], checks: Readonly<Record<string, IsStepDone>>): void
  withdraw(owner: string): void
  /** Something happened to the user: what is done by it is kept, and told to their open pages. */
  look(userId: string): Promise<void>
  exportUser(userId: string): Promise<Readonly<Record<string, readonly unknown[]>>>
  eraseUser(userId: string): Promise<void>
  forget(owner: string): Promise<void>
}

interface Offered {
  readonly owner: string
  readonly step: OnboardingStep
  readonly isDone: IsStepDone
}

const CHANNEL = 'onboarding.steps'
const TIMEOUT_MS = 800
const WEEK_MS = 7 * 24 * 60 * 60_000

function maySee({ step: { permission } }: Offered, principal: Principal): boolean {
  if (permission === undefined || permission === 'signedIn') return true
  return principal.kind === 'user' && principal.permissions.has(permission)
}

/** The first steps of a new user, from the platform and from its products, in one order. */
export function createOnboarding({
  database,
  realtime,
  clock = systemClock,
  log = createLogger('onboarding'),
  timeoutMs = TIMEOUT_MS,
}: OnboardingOptions): Onboarding {
  const offered = new Map<string, readonly Offered[]>()
  const all = () => [...offered.values()].flat()

  /** Null when the step cannot say: it is slow, or fails. */
  async function ask({ step, isDone }: Offered, userId: string): Promise<boolean | null> {
    const late = Promise.withResolvers<null>()
    const timer = setTimeout(() => late.resolve(null), timeoutMs)
    try {
      return await Promise.race([isDone(userId), late.promise])
    } catch (error) {
      log.warn(`${step.id} could not say whether it is done`, { error })
      return null
    } finally {
      clearTimeout(timer)
    }
  }

  async function keep(userId: string, stepId: string): Promise<void> {
    if (await markDone(database, userId, stepId, clock.now()))
      realtime.publish(CHANNEL, userId, { stepId, state: 'done' })
  }

  /** Steps that cannot say how far they are have no state. */
  async function statesOf(userId: string, steps: readonly Offered[]): Promise<Map<string, Step['state']>> {
    const marks = await readMarks(database, userId)
    const now = clock.now()
    const states = new Map<string, Step['state']>()
    const asked = steps.map(async (one) => {
      const { id } = one.step
      const mark = marks.get(id)
      const isDone = mark?.isDone === true || (await ask(one, userId))
      if (isDone === null) return
      if (isDone && mark?.isDone !== true) await keep(userId, id)
      states.set(id, isDone ? 'done' : mark?.isPutOff(now) ? 'putOff' : 'open')
    })
    await Promise.all(asked)
    return states
  }

  async function stepsFor(userId: string, principal: Principal): Promise<Step[]> {
    const visible = all()
      .filter((one) => maySee(one, principal))
      .toSorted((left, right) => left.step.order - right.step.order)
    const states = await statesOf(userId, visible)
    return visible.flatMap(({ owner, step: { id, title, body, action, icon, link } }) => {
      const state = states.get(id)
      return state === undefined ? [] : [{ id, owner, title, body, action, icon, link, state }]
    })
  }

  // A page reads the steps it shows; the channel only tells what changed since.
  realtime.provide('onboarding', { name: CHANNEL, access: 'user' }, () => Promise.resolve(null))

  const implementations = [
    implement(listSteps, async ({ userId, principal }) => ({ items: await stepsFor(userId, principal) })),
    implement(putOffStep, async ({ params: { stepId, until }, userId, principal }) => {
      const step = all().find((one) => one.step.id === stepId && maySee(one, principal))
      if (!step) throw onboardingRefusals.step_not_found({ stepId })
      const nextWeek = new Date(clock.now().getTime() + WEEK_MS)
      const date = { now: null, nextWeek, never: 'forever' as const }[until]
      await markPutOff(database, userId, stepId, date)
      realtime.publish(CHANNEL, userId, { stepId, state: until === 'now' ? 'open' : 'putOff' })
      return { items: await stepsFor(userId, principal) }
    }),
  ] satisfies Implementation<never>[]

  return {
    implementations,
    permissions: [],
    publish(owner, steps, checks) {
      offered.set(
        owner,
        steps.flatMap((step) => {
          const isDone = checks[step.id]
          return isDone ? [{ owner, step, isDone }] : []
        }),
      )
    },
    withdraw: (owner) => void offered.delete(owner),
    look: async (userId) => void (await statesOf(userId, all())),
    exportUser: async (userId) => ({ steps: await exportMarks(database, userId) }),
    eraseUser: (userId) => eraseMarks(database, userId),
    forget: (owner) => forgetMarks(database, owner),
  }
}

import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Api } from '../contract/index.ts'
import {
  createReservation,
  listOpenOrders,
  releaseReservation,
  showMarket,
  showStatus,
  type HouseOutcome,
} from '../exchange/routes.ts'
import { fitRecording } from './fit.ts'
import { fundingFor } from './funding.ts'
import { HouseDesk } from './house-desk.ts'
import { ReplayPlan, type ReplayOperation } from './plan.ts'
import { readRecording, RecordingError, type RecordedStep } from './recording.ts'
import { isWindowEmpty, verify, type Verification } from './verification.ts'

const BATCH_MAX = 1000
const LEASE_MS = 30_000
const MAKER_LEAVES_WITHIN_MS = 15_000

export interface ReplayRequest {
  readonly api: Api
  readonly marketId: string
  readonly path: string
  /** 0 plays as fast as the platform takes it, 1 in the recorded time, 10 ten times as fast. */
  readonly speed: number
  /** Plays although somebody else has open orders in the market. */
  readonly isForced: boolean
  readonly onProgress: (progress: ReplayProgress) => void
  /** Aborting cancels what was placed and rejects. */
  readonly signal: AbortSignal
}

export interface ReplayProgress {
  readonly steps: number
  readonly stepsTotal: number
  readonly operations: number
  readonly trades: number
  readonly seconds: number
}

export interface ReplayResult extends Verification {
  readonly marketId: string
  readonly operations: number
  readonly seconds: number
  readonly operationsPerSecond: number
  /** Commands the market refused or answered otherwise because somebody else traded meanwhile. */
  readonly disturbances: number
  /** Level changes whose quantity was finer than the market's lot and was cut to it. */
  readonly cutLevels: number
}

/** The market could not be played in, or not to the end; the message says why. */
export class ReplayRefused extends Error {
  override readonly name = 'ReplayRefused'
}

/**
 * Plays a recorded market through the running platform: one house account keeps the book equal to the recorded one, level by
 * level, another takes the recorded trades. The market is reserved meanwhile. Whatever goes wrong, what was placed is
 * cancelled and the market given back.
 */
export async function playRecording(request: ReplayRequest): Promise<ReplayResult> {
  const { api, marketId } = request
  const recording = await readRecording(request.path, marketId)
  const market = await api(showMarket, { marketId })
  const { steps, cutLevels } = fitRecording(recording, market)
  await refuseOthersOrders(request)
  const isClean = await isWindowEmpty(api, marketId, steps)
  const desk = new HouseDesk(api, market)
  const reservation = await reserve(api, marketId)
  try {
    await desk.prepare(fundingFor(steps))
    await makersGone(api, marketId)
    const { seq: startSeq } = await api(listOpenOrders, { marketId })
    const played = await play(request, steps, desk)
    await marketDataCaughtUp(api)
    const verification = await verify({
      api,
      marketId,
      steps,
      startSeq,
      isClean,
      recorded: played.plan.recorded,
    })
    const { operations, seconds, disturbances } = played
    const operationsPerSecond = Math.round(operations / seconds)
    return { marketId, operations, seconds, operationsPerSecond, disturbances, cutLevels, ...verification }
  } catch (error) {
    await desk.cancelAll().catch((second: unknown) => {
      const told = [error, second].map((one) => (one instanceof Error ? one.message : String(one)))
      throw new ReplayRefused(`${told[0]} What was placed could not be cancelled: ${told[1]}`, {
        cause: error,
      })
    })
    throw error
  } finally {
    await reservation.release()
  }
}

interface Played {
  readonly plan: ReplayPlan
  readonly operations: number
  readonly seconds: number
  readonly disturbances: number
}

async function play(
  request: ReplayRequest,
  steps: readonly RecordedStep[],
  desk: HouseDesk,
): Promise<Played> {
  const plan = new ReplayPlan(`r${randomBytes(5).toString('hex')}`)
  const startedAt = performance.now()
  const pace = pacer(steps, request.speed, request.signal)
  let batch: ReplayOperation[] = []
  const counts = { operations: 0, trades: 0, disturbances: 0 }
  const flush = async (stepsDone: number) => {
    if (batch.length > 0) {
      const outcomes = await desk.submit(batch)
      counts.disturbances += disturbancesIn(batch, outcomes)
      counts.operations += batch.length
      counts.trades += outcomes.reduce((sum, { trades }) => sum + trades.length, 0)
      batch = []
    }
    const seconds = (performance.now() - startedAt) / 1000
    const { operations, trades } = counts
    request.onProgress({ steps: stepsDone, stepsTotal: steps.length, operations, trades, seconds })
  }
  for (const [index, step] of steps.entries()) {
    request.signal.throwIfAborted()
    if (await pace(step)) await flush(index)
    batch.push(...plan.next(step))
    while (batch.length >= BATCH_MAX) {
      const rest = batch.splice(BATCH_MAX)
      await flush(index + 1)
      batch = rest
    }
  }
  batch.push(...plan.finish())
  await flush(steps.length)
  const { operations, disturbances } = counts
  return { plan, operations, disturbances, seconds: (performance.now() - startedAt) / 1000 }
}

/** Waits until a step is due and answers whether what came before should leave now; at speed 0 nothing ever waits. */
function pacer(steps: readonly RecordedStep[], speed: number, signal: AbortSignal) {
  const recordedStart = steps.find((step) => step.kind !== 'snapshot')?.time ?? 0
  const startedAt = performance.now()
  return async (step: RecordedStep): Promise<boolean> => {
    if (speed === 0 || step.kind === 'snapshot') return false
    const wait = startedAt + (step.time - recordedStart) / speed - performance.now()
    if (wait > 1) await delay(wait, undefined, { signal })
    return true
  }
}

/**
 * Refusals that only somebody else's trading explains are counted; any other is a fault of the recording or the market and ends
 * the replay.
 */
function disturbancesIn(batch: readonly ReplayOperation[], outcomes: readonly HouseOutcome[]): number {
  let disturbances = 0
  for (const [index, { rejected, trades }] of outcomes.entries()) {
    const operation = batch[index] as ReplayOperation
    if (rejected === 'order_not_found' || rejected === 'would_match') disturbances += 1
    else if (rejected !== undefined) {
      throw new RecordingError(operation.line, `the market refused a ${operation.op}: ${rejected}.`)
    } else if (operation.role === 'taker' && trades.length !== 1) disturbances += 1
  }
  return disturbances
}

async function refuseOthersOrders({ api, marketId, isForced }: ReplayRequest): Promise<void> {
  const { users } = await api(listOpenOrders, { marketId })
  const others = users.filter(({ houseAccount }) => houseAccount === undefined)
  if (others.length === 0 || isForced) return
  const orders = others.reduce((sum, user) => sum + user.orders, 0)
  throw new ReplayRefused(
    `${others.length} user(s) have ${orders} open order(s) in ${marketId}; the replay would trade with them. Use --force to play all the same.`,
  )
}

async function reserve(api: Api, marketId: string): Promise<{ release(): Promise<void> }> {
  const lease = { marketId, holder: `replay-${randomBytes(12).toString('hex')}`, leaseMs: LEASE_MS }
  await api(createReservation, lease)
  const timer = setInterval(() => void api(createReservation, lease).catch(() => undefined), LEASE_MS / 3)
  return {
    async release() {
      clearInterval(timer)
      // Where it cannot be given back it ends by itself, and what went wrong before is the thing to tell.
      await api(releaseReservation, { marketId, holder: lease.holder }).catch(() => undefined)
    },
  }
}

/** House makers leave a reserved market by themselves; their orders must be gone before the recorded book is built. */
async function makersGone(api: Api, marketId: string): Promise<void> {
  const deadline = Date.now() + MAKER_LEAVES_WITHIN_MS
  for (;;) {
    const { users } = await api(listOpenOrders, { marketId })
    const makers = users.filter(({ houseAccount }) => houseAccount !== undefined)
    if (makers.length === 0) return
    if (Date.now() > deadline) {
      throw new ReplayRefused(`The house account ${makers[0]?.houseAccount} does not leave ${marketId}.`)
    }
    await delay(100)
  }
}

async function marketDataCaughtUp(api: Api): Promise<void> {
  const { engines } = await api(showStatus, {})
  const seqs = new Map(engines.map(({ shard, seq = 0 }) => [shard, seq]))
  for (;;) {
    const { followers } = await api(showStatus, {})
    if (followers.every(({ shard, seq }) => seq >= (seqs.get(shard) ?? 0))) return
    await delay(100)
  }
}

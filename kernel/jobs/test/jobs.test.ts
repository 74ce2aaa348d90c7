import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createBroker, silentLogger, type Broker } from '../../broker/index.ts'
import type { ParamsOf, ResultOf, Route } from '../../contract/index.ts'
import type { JobDeclaration } from '../../plugins/manifest.ts'
import { eventually, testDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { createTestClock, type TestClock } from '../../testing/test-clock.ts'
import { createJobs, type JobHandler, type Jobs } from '../index.ts'
import { cancelRun, listJobs, listRuns, retryRun, runJob, showRun, type Run } from '../routes.ts'

const HOUR_MS = 60 * 60_000

describe('jobs', function () {
  this.timeout(60_000)
  let place: TestDatabase
  let jobs: Jobs
  let clock: TestClock
  let broker: Broker
  let count = 0

  const call = <X extends Route>(route: X, params: ParamsOf<X>): Promise<ResultOf<X>> =>
    broker.call(route, params, { principal: { kind: 'system' } })

  async function node(): Promise<Jobs> {
    const made = createJobs({ ...place, clock, log: silentLogger })
    await made.begin()
    return made
  }

  /** One job of an owner of its own. */
  function only(handler: JobHandler, job: Partial<JobDeclaration> = {}, by = jobs) {
    const owner = `owner${(count += 1)}`
    const name = `${owner}.work`
    const declared = { name, title: 'Work', ...job }
    const replaced = by.publish({ owner, jobs: [declared], handlers: { [name]: handler } })
    return { owner, name, declared, replaced }
  }

  const runsOf = async (name: string): Promise<Run[]> => (await call(listRuns, { name })).items
  const isState = (name: string, state: Run['state']) => async () => (await runsOf(name))[0]?.state === state

  before(async () => {
    place = await testDatabase()
    clock = createTestClock(() => jobs.wake())
    jobs = await node()
    broker = createBroker({ database: place.database, log: silentLogger })
    await broker.start()
    broker.publish('jobs', jobs.implementations)
  })
  after(async () => {
    await broker.stop()
    await jobs.stop()
    await place.stop()
  })

  it('run what is started, with its data, and keep what it answered, its progress and its log', async () => {
    const { owner, name } = only(async (run) => {
      run.progress(40, 'nearly there')
      run.log('half the way')
      return { doubled: (run.data as { n: number }).n * 2 }
    })
    const { runId } = await jobs.start(owner, name, { n: 21 })
    await eventually(isState(name, 'done'))
    const run = await call(showRun, { runId })
    assert.deepEqual(run.result, { doubled: 42 })
    assert.equal(run.progress, 40)
    assert.match(run.lines[0] ?? '', /half the way$/)
  })

  it('answer the first run to whoever starts it again with the same key', async () => {
    let ran = 0
    const { owner, name } = only(async () => (ran += 1))
    const first = await jobs.start(owner, name, 1, { key: 'position-7' })
    const second = await jobs.start(owner, name, 2, { key: 'position-7' })
    assert.equal(second.runId, first.runId)
    await eventually(isState(name, 'done'))
    assert.equal(ran, 1)
  })

  it('run by a schedule as the platform’s time goes on, once for all the times that were missed', async () => {
    const due: Date[] = []
    const { name } = only(async (run) => void due.push(run.dueAt), { everyMs: HOUR_MS })
    await eventually(async () => (await call(listJobs, {})).items.some((job) => job.name === name))
    await clock.advance(HOUR_MS + 1_000)
    await eventually(() => due.length === 1)
    await clock.advance(30 * HOUR_MS)
    await eventually(() => due.length === 2)
    await clock.advance(1_000)
    await eventually(isState(name, 'done'))
    assert.equal(due.length, 2)
  })

  it('run by cron in UTC', async () => {
    const { name } = only(async () => 'ran', { cron: '0 3 * * *' })
    await eventually(async () => (await call(listJobs, {})).items.some((job) => job.name === name))
    const job = (await call(listJobs, {})).items.find((one) => one.name === name)
    assert.match(job?.nextAt ?? '', /T03:00:00\.000Z$/)
  })

  it('try again what failed, later each time, and keep the reason of the last', async () => {
    const attempts: number[] = []
    const { owner, name } = only(
      async (run) => {
        attempts.push(run.attempt)
        throw new Error(`no luck ${run.attempt}`)
      },
      { attempts: 2 },
    )
    const { runId } = await jobs.start(owner, name, undefined)
    await eventually(() => attempts.length === 1)
    await clock.advance(2_000)
    await eventually(isState(name, 'failed'))
    assert.deepEqual(attempts, [1, 2])
    assert.match((await call(showRun, { runId })).reason ?? '', /no luck 2/)
    await call(retryRun, { runId })
    await eventually(() => attempts.length === 3)
  })

  it('run one run of a job at a time over all nodes', async () => {
    const other = await node()
    let side = 0
    let sideMax = 0
    const handler: JobHandler = async () => {
      side += 1
      sideMax = Math.max(sideMax, side)
      await place.database.raw('SELECT SLEEP(0.02)')
      side -= 1
    }
    const { owner, name, declared } = only(handler)
    other.publish({ owner, jobs: [declared], handlers: { [name]: handler } })
    await Promise.all(Array.from({ length: 12 }, () => jobs.start(owner, name, undefined)))
    await eventually(async () => (await runsOf(name)).every(({ state }) => state === 'done'))
    assert.equal((await runsOf(name)).length, 12)
    assert.equal(sideMax, 1)
    await other.stop()
  })

  it('let a run end in the code it began in while that is replaced', async () => {
    const gate = Promise.withResolvers<string>()
    const begun = Promise.withResolvers<void>()
    const { owner, name, declared } = only(() => {
      begun.resolve()
      return gate.promise
    })
    await jobs.start(owner, name, undefined)
    await begun.promise
    const replaced = jobs.publish({ owner, jobs: [declared], handlers: { [name]: async () => 'new' } })
    assert.equal(replaced.inFlight, 1)
    gate.resolve('old')
    assert.equal(await replaced.drained(5_000), true)
    const [run] = await runsOf(name)
    assert.equal((await call(showRun, { runId: run?.id ?? '' })).result, 'old')
  })

  it('hand a run that outlasts the drain to the code that comes after, at no cost of a try', async () => {
    const begun = Promise.withResolvers<void>()
    const { owner, name, declared } = only(async ({ signal }) => {
      begun.resolve()
      await once(signal, 'abort')
      throw new Error('aborted')
    })
    await jobs.start(owner, name, undefined)
    await begun.promise
    const replaced = jobs.publish({
      owner,
      jobs: [declared],
      handlers: { [name]: async ({ attempt }) => attempt },
    })
    assert.equal(await replaced.drained(20), false)
    await eventually(isState(name, 'done'))
    const [run] = await runsOf(name)
    assert.equal((await call(showRun, { runId: run?.id ?? '' })).result, 1)
  })

  it('keep what is due while nobody has the code, and run it when somebody has', async () => {
    const { owner, name, declared } = only(async () => 'never')
    jobs.withdraw(owner)
    await jobs.start(owner, name, undefined)
    assert.equal((await runsOf(name))[0]?.state, 'waiting')
    jobs.publish({ owner, jobs: [declared], handlers: { [name]: async () => 'late' } })
    await eventually(isState(name, 'done'))
  })

  it('run nothing of what the operator switched off until it is on again', async () => {
    let ran = 0
    const { owner, name } = only(async () => (ran += 1))
    jobs.setDisabled(owner, [name])
    await jobs.start(owner, name, undefined)
    await jobs.wake()
    assert.equal((await runsOf(name))[0]?.state, 'waiting')
    jobs.setDisabled(owner, [])
    await eventually(isState(name, 'done'))
    assert.equal(ran, 1)
  })

  it('end a run that is cancelled, and one that takes too long', async () => {
    const untilAborted: JobHandler = async ({ signal }) => {
      await once(signal, 'abort')
    }
    const canceled = only(untilAborted)
    const { runId } = await jobs.start(canceled.owner, canceled.name, undefined)
    await eventually(isState(canceled.name, 'running'))
    await call(cancelRun, { runId })
    await eventually(isState(canceled.name, 'canceled'))
    const late = only(untilAborted, { timeoutMs: 20, attempts: 1 })
    await jobs.start(late.owner, late.name, undefined)
    await eventually(isState(late.name, 'failed'))
    assert.match((await runsOf(late.name))[0]?.reason ?? '', /longer than 20 ms/)
  })

  it('take over the run of a node that died', async () => {
    const { owner, name } = only(async () => 'taken over')
    jobs.setDisabled(owner, [name])
    const { runId } = await jobs.start(owner, name, undefined)
    await place
      .database('jobs_runs')
      .where({ id: runId })
      .update({
        state: 'running',
        attempt: 1,
        lease_node: 'a node that is gone',
        lease_until: place.database.raw('UTC_TIMESTAMP(3) - INTERVAL 1 SECOND'),
      })
    jobs.setDisabled(owner, [])
    const other = await node()
    await eventually(isState(name, 'done'))
    assert.equal((await runsOf(name))[0]?.attempt, 2)
    await other.stop()
  })

  it('catch up once, at the start, with what was due while the platform was down', async () => {
    let ran = 0
    const handler: JobHandler = async () => (ran += 1)
    const { owner, name, declared } = only(handler, { everyMs: HOUR_MS })
    await eventually(async () => (await call(listJobs, {})).items.some((job) => job.name === name))
    jobs.withdraw(owner)
    await clock.advance(5 * HOUR_MS)
    assert.equal(ran, 0)
    jobs.publish({ owner, jobs: [declared], handlers: { [name]: handler } })
    await eventually(() => ran === 1)
    await eventually(isState(name, 'done'))
    await jobs.wake()
    assert.equal((await runsOf(name)).length, 1)
  })

  it('are run by hand, and refuse what is not there', async () => {
    const { name } = only(async () => 'by hand')
    await eventually(async () => (await call(listJobs, {})).items.some((job) => job.name === name))
    await call(runJob, { name })
    await eventually(isState(name, 'done'))
    assert.equal((await runsOf(name))[0]?.origin, 'operator')
    await assert.rejects(call(runJob, { name: 'nobody.work' }), { type: 'jobs.job_not_found' })
    await assert.rejects(call(cancelRun, { runId: 'none' }), { type: 'jobs.run_not_found' })
  })
})

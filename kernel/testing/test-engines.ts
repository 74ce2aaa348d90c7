import path from 'node:path'
import { engineName, readEngineShards, type EngineShard } from '../engine-shards.ts'
import { startTestEngine, type TestEngine } from './test-engine.ts'

/** The engines of a test kernel, one a shard, each of which may be away for a while. */
export class TestEngines {
  readonly #directory: string
  readonly #shards: readonly EngineShard[]
  readonly #running = new Map<string, TestEngine>()

  constructor(directory: string, engineShards: string | undefined) {
    this.#directory = directory
    this.#shards = readEngineShards(engineShards)
  }

  get addresses(): readonly (EngineShard & { readonly socket: string })[] {
    return this.#shards.map((shard) => {
      return { ...shard, socket: path.join(this.#directory, `${engineName(shard)}.sock`) }
    })
  }

  one(name: string): { start(): Promise<void>; stop(): Promise<void> } {
    const shard = this.#shards.find((known) => known.name === name)
    if (!shard) throw new Error(`The test has no shard ${name}.`)
    return {
      start: async () => {
        this.#running.set(name, await startTestEngine(this.#directory, engineName(shard)))
      },
      stop: async () => {
        await this.#running.get(name)?.stop()
        this.#running.delete(name)
      },
    }
  }

  async start(): Promise<void> {
    await Promise.all(this.#shards.map(({ name }) => this.one(name).start()))
  }

  async stop(): Promise<void> {
    await Promise.all(this.#shards.map(({ name }) => this.one(name).stop()))
  }
}

import assert from 'node:assert/strict'
import { engineName, mainShard, readEngineShards, shardFor, socketVariable } from '../engine-shards.ts'

describe('engine shards', () => {
  it('are main alone unless others are named', () => {
    assert.deepEqual(readEngineShards(undefined), [mainShard])
    assert.deepEqual(readEngineShards(' ; '), [mainShard])
    assert.equal(shardFor([mainShard], 'BTC-USDT'), 'main')
  })

  it('get a market by its id first, then by its base asset, then by its quote asset, else main has it', () => {
    const shards = readEngineShards('euro=*-EUR, BTC-GBP ; coins=BTC-*;doge=DOGE-EUR')
    const homes = ['BTC-GBP', 'BTC-EUR', 'ETH-EUR', 'DOGE-EUR', 'ETH-USDT'].map((id) => shardFor(shards, id))
    assert.deepEqual(homes, ['euro', 'coins', 'euro', 'doge', 'main'])
  })

  it('have a process, a folder and a variable of their own name', () => {
    const named = readEngineShards('euro=*-EUR').map((shard) => [engineName(shard), socketVariable(shard)])
    assert.deepEqual(named, [
      ['engine', 'ENGINE_SOCKET'],
      ['engine-euro', 'ENGINE_SOCKET_EURO'],
    ])
  })

  const sentences: readonly (readonly [string, RegExp])[] = [
    ['euro', /gives euro "", which is neither/],
    ['Euro=*-EUR', /has no shard in "Euro=\*-EUR"/],
    ['main=*-EUR', /names main/],
    ['euro=*-EUR;euro=*-GBP', /names a shard twice/],
    ['a=*-EUR;b=*-EUR', /gives a market to two shards/],
    ['a=EUR', /gives a "EUR"/],
  ]
  for (const [text, sentence] of sentences) {
    it(`say in one sentence what is wrong with ${text}`, () => {
      assert.throws(() => readEngineShards(text), sentence)
    })
  }
})

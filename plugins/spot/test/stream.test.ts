import assert from 'node:assert/strict'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { placeOrder } from '../routes/orders.ts'
import { openBitcoinMarket, openSpotPlace, order, type SpotPlace, type Trader } from './spot-place.ts'

interface Message {
  readonly market?: string
  readonly isSnapshot?: true
  readonly bids?: readonly (readonly [string, string])[]
  readonly trades?: readonly { readonly price: string }[]
  readonly problem?: { readonly type: string }
}

describe('spot stream', function () {
  this.timeout(60_000)
  let place: SpotPlace
  let ada: Trader

  before(async () => {
    place = await openSpotPlace()
    await openBitcoinMarket(place)
    ada = await place.trader({ USDT: '1000000', BTC: '10' })
  })
  after(() => place.kernel.stop())

  function connect() {
    const url = `${place.kernel.origin.replace('http', 'ws')}/ws/spot/stream`
    const socket = new WebSocket(url)
    const received: Message[] = []
    const arrived = new Set<() => void>()
    socket.on('message', (data: Buffer) => {
      received.push(JSON.parse(data.toString()) as Message)
      for (const look of arrived) look()
    })
    /** The first message that fits, now or later. */
    const message = (fits: (one: Message) => boolean): Promise<Message> =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = received.find(fits)
          if (found) resolve(found)
        }
        arrived.add(look)
        look()
      })
    return { socket, message, say: (text: object) => socket.send(JSON.stringify(text)) }
  }

  it('sends a snapshot and then the changes, and goes on over a reload without a new connection', async () => {
    const { socket, message, say } = connect()
    await once(socket, 'open')
    say({ subscribe: ['BTC-USDT'] })
    assert.deepEqual((await message(({ isSnapshot }) => isSnapshot === true)).bids, [])
    await place.call(placeOrder, order('buy 1 @ 50000'), ada)
    await message(({ bids }) => bids?.[0]?.[0] === '50000')
    await place.reload()
    assert.equal(socket.readyState, WebSocket.OPEN)
    await place.call(placeOrder, order('buy 1 @ 50001'), ada)
    await message(({ bids }) => bids?.[0]?.[0] === '50001')
    socket.close()
    await once(socket, 'close')
  })

  it('says what it does not understand and stays, and ends what is no JSON', async () => {
    const { socket, message, say } = connect()
    await once(socket, 'open')
    say({ subscribe: 'BTC-USDT' })
    await message(({ problem }) => problem?.type === '/problems/spot.stream_request_malformed')
    say({ subscribe: ['NO-SUCH'] })
    await message(({ problem }) => problem?.type === '/problems/spot.market_not_found')
    socket.send('hello')
    const [code] = (await once(socket, 'close')) as [number]
    assert.equal(code, 1007)
  })

  it('is not there, and ends its connections, while spot is disabled', async () => {
    const { socket } = connect()
    await once(socket, 'open')
    const closed = once(socket, 'close')
    await place.disable()
    assert.equal(((await closed) as [number])[0], 1001)
    const [error] = (await once(connect().socket, 'error')) as [Error]
    assert.match(error.message, /404/)
  })
})

import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { createListener } from '../listener.ts'

describe('listener', function () {
  this.timeout(5_000)

  it('closes while somebody holds a WebSocket open that nobody answers', async () => {
    const listener = createListener({ port: 0 }, async (_, response) => void response.end())
    await listener.listen()
    const upgraded = once(listener.server, 'upgrade')
    const { port } = listener.server.address() as AddressInfo
    const client = connect(port, '127.0.0.1')
    client.on('error', () => undefined)
    client.write('GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
    await upgraded
    await listener.close(1_000)
    if (!client.closed) await once(client, 'close')
  })
})

/** `echo-process.ts SOCKET`: gives back what it gets. What a round trip costs when nothing is done at the other end. */
import { createServer } from 'node:net'

createServer({ noDelay: true }, (socket) => {
  socket.on('data', (chunk) => socket.write(chunk))
}).listen(process.argv[2], () => {
  console.log(JSON.stringify({ ready: true }))
})

import assert from 'node:assert/strict'
import { testServices } from '../../testing/services.ts'
import { databaseConnection } from '../index.ts'
import { freePort } from '../free-port.ts'
import { checkDatabase, checkRedis, isSupportedDatabase, withDatabase } from '../service-url.ts'

describe('service URL', () => {
  it('names a TCP server or a Unix socket', () => {
    const tcp = databaseConnection('mysql://app:p%40ss@db.local:3307/exchange')
    assert.deepEqual([tcp.host, tcp.port, tcp.password, tcp.database], ['db.local', 3307, 'p@ss', 'exchange'])
    const socket = databaseConnection('mysql://app@localhost/exchange?socketPath=/run/db.sock')
    assert.deepEqual([socket.socketPath, socket.host], ['/run/db.sock', undefined])
  })

  it('takes another database name and keeps the rest', () => {
    const url = withDatabase('mysql://a:b@localhost/one?socketPath=/run/db.sock', 'two')
    assert.equal(url, 'mysql://a:b@localhost/two?socketPath=/run/db.sock')
  })

  it('refuses in one sentence what nobody answers', async () => {
    const port = await freePort()
    const database = checkDatabase(`mysql://a:b@127.0.0.1:${port}/c`)
    await assert.rejects(
      database,
      new RegExp(`^Error: The database at 127.0.0.1:${port} cannot be used: .*ECONNREFUSED`),
    )
    await assert.rejects(
      checkRedis(`redis://127.0.0.1:${port}`),
      /^Error: The Redis at .* cannot be used: .*ECONNREFUSED/,
    )
  })

  it('refuses a wrong password and hides it', async () => {
    const { databaseUrl, redisUrl, release } = await testServices()
    const wrong = databaseUrl.replace(/:[^:@/]+@/, ':wrong-secret@')
    await assert.rejects(
      checkDatabase(wrong),
      (error: Error) => /Access denied/.test(error.message) && !/secret/.test(error.message),
    )
    const wrongRedis = redisUrl.replace(/password=[^&]+/, 'password=wrong-secret')
    await assert.rejects(
      checkRedis(wrongRedis),
      (error: Error) => /WRONGPASS|NOAUTH/.test(error.message) && !/secret/.test(error.message),
    )
    release()
  })

  it('refuses what is no URL or another kind of server', async () => {
    await assert.rejects(checkDatabase('localhost'), /DATABASE_URL is not a URL/)
    await assert.rejects(checkDatabase('postgres://localhost/c'), /must start with mysql:/)
    await assert.rejects(checkDatabase('mysql://localhost'), /names no database/)
  })

  it('knows which versions are new enough', () => {
    const supported = ['10.6.0-MariaDB', '11.4.2-MariaDB-log', '8.0.36', '9.1.0']
    const tooOld = ['10.5.23-MariaDB', '5.5.5-10.3.1-MariaDB', '5.7.44']
    assert.deepEqual(supported.filter(isSupportedDatabase), supported)
    assert.deepEqual(tooOld.filter(isSupportedDatabase), [])
  })
})

import assert from 'node:assert/strict'
import type { Knex } from 'knex'
import { createDatabase, migrateKernel } from '../../database/index.ts'
import { testServices } from '../../testing/services.ts'
import { createRoles } from '../roles.ts'

describe('roles overview', () => {
  let database: Knex
  let release: () => void

  before(async () => {
    const services = await testServices()
    release = () => services.release()
    database = createDatabase(services.databaseUrl)
    await migrateKernel(database)
  })

  after(async () => {
    await database.destroy()
    release()
  })

  it('names the owner of each permission and the roles that hold it, the administrator always among them', async () => {
    const roles = createRoles(database)
    await roles.define('spot', [
      { id: 'spot.orders.write', title: 'Place orders', roles: ['user', 'admin'] },
      { id: 'spot.markets.manage', title: 'Manage markets', roles: ['admin'] },
    ])
    assert.deepEqual(await roles.overview(), {
      roles: ['admin', 'user'],
      items: [
        { id: 'spot.markets.manage', owner: 'spot', title: 'Manage markets', roles: ['admin'] },
        { id: 'spot.orders.write', owner: 'spot', title: 'Place orders', roles: ['admin', 'user'] },
      ],
    })
  })
})

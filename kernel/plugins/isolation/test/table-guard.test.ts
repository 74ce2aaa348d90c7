import assert from 'node:assert/strict'
import { tablesIn } from '../table-guard.ts'

describe('table guard', () => {
  it('finds the tables a statement names, wherever it does', () => {
    const statements = {
      'select * from `users` where id = ?': ['users'],
      'select a.x from one a, two as b, `three` where 1': ['one', 'two', 'three'],
      'insert into `spot_orders` (`users`) values (?) on duplicate key update `users` = ?': ['spot_orders'],
      'insert into a select * from mysql.user': ['a', 'mysql.user'],
      'update `a` inner join `b` on a.id = b.id set x = (select max(y) from c)': ['a', 'b', 'c'],
      'delete from a where exists (select 1 from `b`)': ['a', 'b'],
      'select count(*) as users, permissions from ( select 1 ) t': ['select'],
      'select 1': [],
    }
    for (const [sql, tables] of Object.entries(statements)) assert.deepEqual(tablesIn(sql), tables, sql)
  })
})

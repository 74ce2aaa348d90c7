import { InvalidArgumentError, type Command } from 'commander'
import { createFunding } from '../exchange/routes.ts'
import { createUser } from '../identity/routes.ts'
import { operatorApi } from './operator-api.ts'
import { print, type OutputOptions } from './output.ts'

interface CreateOptions extends OutputOptions {
  readonly email: string
  readonly password: string
  readonly role?: string
  readonly fund?: readonly Funding[]
}

interface Funding {
  readonly assetId: string
  readonly amount: string
}

/** `cambium user …`: accounts made by the operator. */
export function addUserCommands(program: Command): void {
  const user = program.command('user').description('Accounts')

  user
    .command('create')
    .description('Open an account, and fund its trading wallet if asked to')
    .requiredOption('--email <email>', 'what the user signs in with')
    .requiredOption('--password <password>', 'at least ten characters')
    .option('--role <role>', 'user or admin')
    .option('--fund <list>', 'ASSET=AMOUNT, several separated by commas', parseFundings)
    .option('--json', 'print JSON')
    .action(async ({ email, password, role, fund = [], ...output }: CreateOptions) => {
      const api = operatorApi()
      const created = await api(createUser, { email, password, ...(role ? { role } : {}) })
      for (const funding of fund) {
        const reason = `Funded on the operator's command for ${created.email}`
        await api(createFunding, { userId: created.id, ...funding, wallet: 'spot', reason })
      }
      const result = { userId: created.id, email: created.email, roles: created.roles, funded: fund }
      print(result, output, readableUser)
    })
}

function parseFundings(list: string): readonly Funding[] {
  return list.split(',').map((part) => {
    const match = /^([A-Z0-9]{1,16})=([0-9]+(?:\.[0-9]+)?)$/.exec(part.trim())
    const [, assetId, amount] = match ?? []
    if (assetId === undefined || amount === undefined) {
      throw new InvalidArgumentError(`"${part}" is not ASSET=AMOUNT, such as USDT=100000.`)
    }
    return { assetId, amount }
  })
}

interface CreatedUser {
  readonly userId: string
  readonly email: string
  readonly roles: readonly string[]
  readonly funded: readonly Funding[]
}

function readableUser({ userId, email, roles, funded }: CreatedUser): string {
  const money = funded.map(({ assetId, amount }) => `${amount} ${assetId}`).join(', ')
  return `User ${userId} ${email} (${roles.join(', ')})${money ? `, funded with ${money}` : ''}`
}

import { InvalidArgumentError, type Command } from 'commander'
import { createFunding } from '../exchange/routes.ts'
import type { Api } from '../contract/index.ts'
import { createUser, createUserApiKey, listUsers, type User } from '../identity/routes.ts'
import { CommandError, operatorApi } from './operator-api.ts'
import { explain, print, type OutputOptions } from './output.ts'

interface CreateOptions extends OutputOptions {
  readonly email: string
  readonly password: string
  readonly role?: string
  readonly fund?: readonly Funding[]
  readonly apiKey?: readonly string[]
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
    .option('--api-key <scopes>', 'make an API key allowed these: read,trade', parseScopes)
    .option('--json', 'print JSON')
    .action(async ({ email, password, role, fund = [], apiKey, ...output }: CreateOptions) => {
      const api = operatorApi()
      const created = await api(createUser, { email, password, ...(role ? { role } : {}) })
      await fundUser(api, created, fund)
      const key = apiKey && (await makeKey(api, created, apiKey))
      print({ ...resultOf(created, fund), ...key }, output, readableUser)
    })

  user
    .command('fund')
    .description('Fund the trading wallet of an account')
    .argument('<email>', 'what the user signs in with')
    .argument('<list>', 'ASSET=AMOUNT, several separated by commas', parseFundings)
    .option('--json', 'print JSON')
    .action(async (email: string, fund: readonly Funding[], output: OutputOptions) => {
      const api = operatorApi()
      const { items } = await api(listUsers, { search: email, limit: 10 })
      const found = items.find((one) => one.email.toLowerCase() === email.toLowerCase())
      if (!found) throw new CommandError(`Nobody signs in with ${email}.`)
      await fundUser(api, found, fund)
      print(resultOf(found, fund), output, readableUser)
    })
}

/** One after the other. What was paid stays paid, so a failure names what is missing, as the command that pays it. */
async function fundUser(api: Api, { id: userId, email }: User, fund: readonly Funding[]): Promise<void> {
  const reason = `Funded on the operator's command for ${email}`
  for (const [at, funding] of fund.entries()) {
    try {
      await api(createFunding, { userId, ...funding, wallet: 'spot', reason })
    } catch (error) {
      const left = fund.slice(at).map(({ assetId, amount }) => `${assetId}=${amount}`)
      throw new CommandError(
        `User ${userId} ${email} is there, but was not funded with ${left.join(', ')}: ${explain(error)}\n` +
          `Go on with: cambium user fund ${email} ${left.join(',')}`,
      )
    }
  }
}

/** Signed with HMAC-SHA256, as most programs do; the secret is shown this once. */
async function makeKey(api: Api, { id: userId }: User, scopes: readonly string[]): Promise<MadeKey> {
  const made = await api(createUserApiKey, {
    userId,
    name: 'Made on the command line',
    kind: 'hmac-sha256',
    scopes: [...scopes],
  })
  return { apiKey: made.key.apiKey, apiSecret: made.secret ?? '' }
}

function parseScopes(list: string): readonly string[] {
  const scopes = list.split(',').map((scope) => scope.trim())
  if (scopes.every((scope) => /^[a-zA-Z]+$/.test(scope))) return scopes
  throw new InvalidArgumentError(`"${list}" is no list of scopes, such as read,trade.`)
}

function resultOf({ id, email, roles }: User, funded: readonly Funding[]): FundedUser {
  return { userId: id, email, roles, funded }
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

interface MadeKey {
  readonly apiKey: string
  readonly apiSecret: string
}

interface FundedUser extends Partial<MadeKey> {
  readonly userId: string
  readonly email: string
  readonly roles: readonly string[]
  readonly funded: readonly Funding[]
}

function readableUser({ userId, email, roles, funded, apiKey, apiSecret }: FundedUser): string {
  const money = funded.map(({ assetId, amount }) => `${amount} ${assetId}`).join(', ')
  const key = apiKey
    ? `\nAPI key     ${apiKey}\nAPI secret  ${apiSecret}\nThe secret is not shown again.`
    : ''
  return `User ${userId} ${email} (${roles.join(', ')})${money ? `, funded with ${money}` : ''}${key}`
}

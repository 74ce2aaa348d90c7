/** Plays a file of commands, one JSON object a line, through an engine of its own and writes the events the same way. */
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import type { Command } from './messages/command.ts'
import { checkCommand, MalformedCommand } from './messages/command-shape.ts'
import { formatUnits, parseDecimal } from './messages/decimal.ts'
import type { EngineEvent } from './messages/event.ts'
import { readBalances, readOpenOrders } from './core/reads.ts'
import { createSession, type Session } from './core/session.ts'
import { hashOf } from './core/state-hash.ts'

const LINE_LENGTH_MAX = 1 << 16
const WRITE_LENGTH = 1 << 16

/** `message` is `line N: …`, as the operator should read it. */
export class MalformedLine extends Error {
  override readonly name = 'MalformedLine'
}

async function* linesOf(input: Readable): AsyncGenerator<string[]> {
  let rest = ''
  input.setEncoding('utf8')
  for await (const chunk of input as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield lines
    if (rest.length > LINE_LENGTH_MAX) break
  }
  yield [rest]
}

function parseLine(line: string, number: number): Command {
  try {
    if (line.length > LINE_LENGTH_MAX)
      throw new MalformedCommand(`it is longer than ${LINE_LENGTH_MAX} characters`)
    return checkCommand(JSON.parse(line))
  } catch (error) {
    if (error instanceof MalformedCommand) throw new MalformedLine(`line ${number}: ${error.message}`)
    if (error instanceof SyntaxError)
      throw new MalformedLine(`line ${number}: it is not JSON (${error.message})`)
    throw error
  }
}

/** The event as the format has it; its time only when the command had one, since this engine has no clock. */
function formatEvent(event: EngineEvent, time: number | undefined): string {
  const { seq } = event
  const when = time === undefined ? {} : { time }
  switch (event.event) {
    case 'accepted': {
      const { market, account, id } = event
      return JSON.stringify({ seq, event: event.event, market, account, id, ...when })
    }
    case 'canceled':
    case 'expired': {
      const { market, account, id, reason } = event
      return JSON.stringify({ seq, event: event.event, market, account, id, reason, ...when })
    }
    case 'trade': {
      const { market, price, quantity, taker, maker, takerAccount, makerAccount } = event
      const { takerSide, takerFee, makerFee } = event
      const parties = { taker, maker, takerAccount, makerAccount, takerSide, takerFee, makerFee }
      return JSON.stringify({ seq, event: event.event, market, price, quantity, ...parties, ...when })
    }
    case 'rejected': {
      const { market, account, id, order, asset, reason } = event
      return JSON.stringify({ seq, event: event.event, market, account, id, order, asset, reason, ...when })
    }
    default: {
      const { time: _time, seq: _seq, event: name, ...fields } = event
      return JSON.stringify({ seq, event: name, ...fields, ...when })
    }
  }
}

function formatState({ state }: Session): string {
  const balances: Record<string, Record<string, { available: string; held: string }>> = {}
  for (const { account, asset, available, held } of readBalances(state)) {
    ;(balances[account] ??= {})[asset] = { available, held }
  }
  const orders = readOpenOrders(state).map(({ market, account, id, side, price, leaves }) => {
    const { mantissa, decimals } = parseDecimal(price)
    return { market, account, id, side, price: formatUnits(mantissa, decimals), leaves }
  })
  return JSON.stringify({ event: 'state', hash: hashOf(state), balances, orders })
}

/**
 * Reads `input` to its end, whatever its length, and writes to `output` what each line caused. Throws `MalformedLine`
 * at the first line that is no command; what came before it has been written.
 */
export async function replayFile(
  input: Readable | string,
  output: Writable,
  options: { state?: boolean } = {},
): Promise<void> {
  const session = createSession()
  let text = ''
  const write = async (): Promise<void> => {
    const ready = output.write(text)
    text = ''
    if (!ready) await once(output, 'drain')
  }
  let number = 0
  try {
    for await (const lines of linesOf(typeof input === 'string' ? createReadStream(input) : input)) {
      for (const line of lines) {
        number++
        if (line.trim() === '') continue
        const command = parseLine(line, number)
        for (const event of session.execute(command).events) text += `${formatEvent(event, command.time)}\n`
        if (text.length > WRITE_LENGTH) await write()
      }
    }
    if (options.state) text += `${formatState(session)}\n`
  } finally {
    await write()
  }
}

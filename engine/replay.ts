/** Plays a file of commands, one JSON object a line, through an engine of its own and writes the events the same way. */
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import type { Command } from './messages/command.ts'
import { checkCommand, MalformedCommand } from './messages/command-shape.ts'
import { formatUnits, parseDecimal } from './messages/decimal.ts'
import type { EngineEvent } from './messages/event.ts'
import { dueClock } from './core/clock.ts'
import { readOpenOrders } from './core/open-orders.ts'
import { readBalances } from './core/reads.ts'
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
  const { seq, event: name } = event
  const when = time === undefined ? {} : { time }
  return JSON.stringify({ seq, event: name, ...fieldsOf(event), ...when })
}

/** What the format says of an event: by client ids, without the numbers that only the engine's clients need. */
function fieldsOf(event: EngineEvent): object {
  switch (event.event) {
    case 'accepted': {
      const { market, account, id, status, list } = event
      return { market, account, id, status, list }
    }
    case 'canceled': {
      const { market, account, id, reason } = event
      return { market, account, id, reason }
    }
    case 'expired': {
      const { market, account, id, reason, refusal } = event
      return { market, account, id, reason, refusal }
    }
    case 'triggered': {
      const { market, account, id, price } = event
      return { market, account, id, price }
    }
    case 'activated': {
      const { market, account, id } = event
      return { market, account, id }
    }
    case 'amended': {
      const { market, account, id, price, quantity, leaves, keepsPriority } = event
      return { market, account, id, price, quantity, leaves, keepsPriority }
    }
    case 'trade': {
      const { market, price, quantity, taker, maker, takerAccount, makerAccount } = event
      const { takerSide, takerFee, makerFee, takerFeeAsset, makerFeeAsset } = event
      const fees = { takerFee, makerFee, takerFeeAsset, makerFeeAsset }
      return { market, price, quantity, taker, maker, takerAccount, makerAccount, takerSide, ...fees }
    }
    case 'prevented': {
      const { market, price, taker, maker, takerAccount, makerAccount } = event
      const { takerSide, takerPrevented, makerPrevented } = event
      const lost = { takerSide, takerPrevented, makerPrevented }
      return { market, price, taker, maker, takerAccount, makerAccount, ...lost }
    }
    case 'rejected': {
      const { market, account, id, order, asset, reason } = event
      return { market, account, id, order, asset, reason }
    }
    default: {
      const { time: _time, seq: _seq, event: _event, ...fields } = event
      return fields
    }
  }
}

function formatPrice(price: string | undefined): string | undefined {
  if (price === undefined) return undefined
  const { mantissa, decimals } = parseDecimal(price)
  return formatUnits(mantissa, decimals)
}

function formatState({ state }: Session): string {
  const balances: Record<string, Record<string, { available: string; held: string }>> = {}
  for (const { account, asset, available, held } of readBalances(state)) {
    ;(balances[account] ??= {})[asset] = { available, held }
  }
  const orders = readOpenOrders(state).map((order) => {
    const { market, account, id, side, price, leaves, type, status, triggerPrice, trailingBips } = order
    const plain = { market, account, id, side, price: formatPrice(price), leaves }
    if (status === 'open') return plain
    return { ...plain, type, status, triggerPrice: formatPrice(triggerPrice), trailingBips }
  })
  return JSON.stringify({ event: 'state', hash: hashOf(state), balances, orders })
}

/** The command's events, after those of the orders whose time it has reached. */
function* executeDue(session: Session, command: Command): Generator<EngineEvent> {
  const { time } = command
  for (let clock = dueClock(session.state, time); clock; clock = dueClock(session.state, time))
    yield* session.execute(clock).events
  yield* session.execute(command).events
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
        for (const event of executeDue(session, command)) text += `${formatEvent(event, command.time)}\n`
        if (text.length > WRITE_LENGTH) await write()
      }
    }
    if (options.state) text += `${formatState(session)}\n`
  } finally {
    await write()
  }
}

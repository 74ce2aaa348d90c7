import { InvalidArgumentError, type Command } from 'commander'
import { playRecording, ReplayRefused, type ReplayProgress, type ReplayResult } from '../replay/index.ts'
import { operatorApi } from './operator-api.ts'
import { print, type OutputOptions } from './output.ts'

interface ReplayOptions extends OutputOptions {
  readonly speed: number
  readonly force?: boolean
}

/** `cambium market …`: what an operator does to a market. */
export function addMarketCommands(program: Command): void {
  const market = program.command('market').description('Markets')

  market
    .command('replay')
    .argument('<market>', 'market id, such as BTC-USDT')
    .argument('<file>', 'a recorded Binance stream, gzip or plain')
    .description('Play a recorded market through the running platform, and prove that it was played whole')
    .option(
      '--speed <factor>',
      '0 as fast as possible, 1 in recorded time, 10 ten times as fast',
      parseSpeed,
      0,
    )
    .option('--force', 'play although somebody else has open orders in the market')
    .option('--json', 'print JSON')
    .action(async (marketId: string, path: string, options: ReplayOptions) => {
      const abort = new AbortController()
      const interrupt = () =>
        abort.abort(new ReplayRefused('Interrupted; what was placed has been cancelled.'))
      process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
      const result = await playRecording({
        api: operatorApi(),
        marketId,
        path,
        speed: options.speed,
        isForced: options.force === true,
        onProgress: progressPrinter(),
        signal: abort.signal,
      })
      print(result, options, readableReplay)
      if (!result.ok) process.exitCode = 1
    })
}

function parseSpeed(text: string): number {
  const speed = Number(text)
  if (text.trim() === '' || !Number.isFinite(speed) || speed < 0) {
    throw new InvalidArgumentError('must be 0 or a positive number.')
  }
  return speed
}

/** Progress goes to standard error: one line rewritten on a terminal, a line every two seconds elsewhere. */
function progressPrinter(): (progress: ReplayProgress) => void {
  const { stderr } = process
  let printedAt = 0
  return (progress) => {
    const isDone = progress.steps === progress.stepsTotal
    const now = performance.now()
    if (!isDone && now - printedAt < (stderr.isTTY ? 100 : 2000)) return
    printedAt = now
    const percent = Math.floor((progress.steps / progress.stepsTotal) * 100)
    const rate = Math.round(progress.operations / Math.max(progress.seconds, 0.001))
    const line = `${percent} %  ${progress.operations} commands, ${progress.trades} trades, ${rate} a second`
    stderr.write(stderr.isTTY ? `\r\u001b[K${line}${isDone ? '\n' : ''}` : `${line}\n`)
  }
}

function readableReplay(result: ReplayResult): string {
  const { trades, candles, book, ledger, disturbances, cutLevels } = result
  const mark = (isRight: boolean) => (isRight ? '✔' : '✘')
  const areTradesWhole = trades.printed === trades.recorded
  const source = candles.source === 'served' ? 'as served' : 'of this run; others had traded in these minutes'
  const missing =
    trades.firstMissingLine === undefined ? '' : `, first missing: line ${trades.firstMissingLine}`
  return [
    `${result.marketId}: ${result.operations} commands in ${result.seconds.toFixed(1)} s, ${result.operationsPerSecond} a second`,
    `${mark(areTradesWhole)} ${trades.printed} of ${trades.recorded} recorded trades printed at their price and quantity${missing}`,
    `${mark(candles.equal === candles.recorded)} ${candles.equal} of ${candles.recorded} 1-minute candles equal (${source})`,
    `${mark(book.equal)} book ${book.equal ? 'equals' : 'differs from'} the rebuilt one (${book.levels} levels)`,
    `${mark(ledger.balanced)} ledger ${ledger.balanced ? 'balanced' : `has ${ledger.breaks.length} break(s)`}`,
    ...(cutLevels > 0 ? [`  ${cutLevels} resting quantity(ies) finer than the lot were cut to it`] : []),
    ...(disturbances > 0 ? [`  ${disturbances} command(s) met somebody else's orders`] : []),
  ].join('\n')
}

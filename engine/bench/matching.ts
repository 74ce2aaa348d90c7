/** The engine in process, one thread, against the yardstick in C++: the same commands, in turn, until both are warm. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { median, rounded } from '../../test/bench/figures.ts'
import { LineProcess } from './child-process.ts'
import {
  COMMANDS_DEFAULT,
  provideWorkload,
  workloadKinds,
  type Checksums,
  type WorkloadName,
} from './workload.ts'

const compilerFlags = ['-O3', '-march=native', '-std=c++17']
/** Passes that run before the code is compiled and the memory is there. */
const WARMING_PASSES = 2

export interface MatchingOptions {
  readonly folder: string
  readonly yardstick: string
  readonly commands: number
  readonly rounds: number
  readonly passes: number
}

interface PlayedPass extends Checksums {
  readonly perCpuSecond: number
  readonly perSecond: number
  readonly refusals: number
}

export interface MatchingFigures {
  readonly ratio: number
  /** Commands per second of the engine's thread. */
  readonly perCpuSecond: number
}

/** Builds the yardstick and answers its path and a line about how it was built. */
export function buildYardstick(compiler: string, folder: string): { yardstick: string; build: string } {
  const yardstick = join(folder, 'reference')
  const source = join(import.meta.dirname, 'reference.cpp')
  execFileSync(compiler, [...compilerFlags, source, '-o', yardstick], { stdio: 'inherit' })
  const version = execFileSync(compiler, ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? ''
  return { yardstick, build: `${version}, ${compilerFlags.join(' ')}` }
}

function checksumsOf({ trades, tradeChecksum, bookHash, balanceHash }: Checksums): string {
  return [trades, tradeChecksum, bookHash, balanceHash].join(' / ')
}

function requireSame(name: WorkloadName, passes: readonly PlayedPass[], commands: number): void {
  const { expected } = workloadKinds[name]
  const known = commands === COMMANDS_DEFAULT ? [checksumsOf(expected)] : []
  const seen = new Set([...known, ...passes.map(checksumsOf)])
  if (seen.size > 1) throw new Error(`${name}: the engines disagree: ${[...seen].join(' and ')}`)
  if (passes.some(({ refusals }) => refusals !== passes[0]!.refusals)) {
    throw new Error(`${name}: the engines refuse different commands`)
  }
}

async function playRound(file: string, { yardstick, passes }: MatchingOptions): Promise<PlayedPass[][]> {
  const player = join(import.meta.dirname, 'player-process.ts')
  const processes = [
    new LineProcess(process.execPath, ['--expose-gc', player, file], { isPinned: true }),
    new LineProcess(yardstick, [file], { isPinned: true }),
  ]
  const played: PlayedPass[][] = [[], []]
  try {
    for (let pass = 0; pass < passes; pass++) {
      for (const [n, child] of processes.entries()) played[n]!.push(await child.ask<PlayedPass>())
    }
  } finally {
    for (const child of processes) await child.end()
  }
  return played
}

/** Throws unless both led to the same trades, book and balances in every pass. */
export async function measureMatching(
  name: WorkloadName,
  options: MatchingOptions,
): Promise<MatchingFigures> {
  const { folder, commands, rounds } = options
  const file = provideWorkload(folder, name, commands)
  const all: PlayedPass[] = []
  const kept: [PlayedPass[], PlayedPass[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    for (const [n, passes] of (await playRound(file, options)).entries()) {
      all.push(...passes)
      kept[n]!.push(...passes.slice(WARMING_PASSES))
    }
  }
  requireSame(name, all, commands)
  const [ours, theirs] = kept
  const millions = (passes: readonly PlayedPass[], of: 'perCpuSecond' | 'perSecond'): string =>
    (median(passes.map((pass) => pass[of])) / 1e6).toFixed(2).padStart(6)
  const perCpuSecond = median(ours.map((pass) => pass.perCpuSecond))
  const ratio = rounded(perCpuSecond / median(theirs.map((pass) => pass.perCpuSecond)), 3)
  const wallRatio = rounded(
    median(ours.map((pass) => pass.perSecond)) / median(theirs.map((pass) => pass.perSecond)),
    3,
  )
  console.log(
    `${name}  ${millions(ours, 'perCpuSecond')} ${millions(ours, 'perSecond')}  ` +
      `${millions(theirs, 'perCpuSecond')} ${millions(theirs, 'perSecond')}  ` +
      `${String(ratio).padStart(6)} ${String(wallRatio).padStart(6)}  ${checksumsOf(all[0]!)}`,
  )
  return { ratio, perCpuSecond }
}

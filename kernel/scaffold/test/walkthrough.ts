import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** One thing the page tells its reader to do. */
export type Step = { readonly line: number } & (
  | { readonly kind: 'run'; readonly command: string; readonly answer: readonly string[] }
  | { readonly kind: 'change'; readonly file: string; readonly before: string; readonly after: string }
  | { readonly kind: 'write'; readonly file: string; readonly text: string }
)

export interface Place {
  /** Where the reader's terminal is. */
  readonly directory: string
  readonly environment: NodeJS.ProcessEnv
  /** Addresses in the page, and what they are here. */
  readonly addresses: Readonly<Record<string, string>>
}

const ANSWER_WITHIN_MS = 20_000
const ANSWER_POLL_MS = 100

/**
 * Reads a page of instructions. Its blocks are commands (`sh`), what they answer (`text`, a `…` stands for anything), changes
 * of a file (`diff FILE`) and whole files (`ts FILE`); `sh elsewhere` is for the reader only. Another block is a mistake.
 */
export function readSteps(page: string): readonly Step[] {
  const steps: Step[] = []
  for (const match of page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)) {
    const [, info = '', text = ''] = match
    const line = page.slice(0, match.index).split('\n').length
    const [language = '', file = ''] = info.split(' ')
    if (info === 'sh elsewhere') continue
    if (info === 'sh') steps.push({ line, kind: 'run', command: text.trim(), answer: [] })
    else if (info === 'text') answerTo(steps, line, text)
    else if (language === 'diff' && file) steps.push({ line, kind: 'change', file, ...sides(text) })
    else if (language === 'ts' && file) steps.push({ line, kind: 'write', file, text })
    else throw new Error(`Line ${line}: a block of kind "${info}" is nothing that can be followed.`)
  }
  return steps
}

function answerTo(steps: Step[], line: number, text: string): void {
  const asked = steps.pop()
  if (asked?.kind !== 'run') throw new Error(`Line ${line}: nothing was run that could answer this.`)
  steps.push({ ...asked, answer: text.trim().split('\n') })
}

function sides(diff: string): { before: string; after: string } {
  const lines = diff.split('\n').slice(0, -1)
  const side = (other: string) =>
    lines.filter((line) => !line.startsWith(other)).map((line) => `${line.slice(1)}\n`)
  return { before: side('+').join(''), after: side('-').join('') }
}

/** Does what the step says, and throws when it cannot be done or is not answered as the page says. */
export async function follow(step: Step, place: Place): Promise<void> {
  switch (step.kind) {
    case 'run':
      return runUntilAnswered(step, place)
    case 'change':
      return change(step, place)
    case 'write': {
      const file = path.join(place.directory, step.file)
      await mkdir(path.dirname(file), { recursive: true })
      return writeFile(file, step.text)
    }
  }
}

async function change(
  { file, before, after, line }: Extract<Step, { kind: 'change' }>,
  { directory }: Place,
): Promise<void> {
  const target = path.join(directory, file)
  const text = await readFile(target, 'utf8')
  const found = text.split(before).length - 1
  assert.equal(found, 1, `Line ${line}: what is to be changed stands ${found} times in ${file}.`)
  // A function, so that no `$` in the code is taken for a sign of `replace`.
  await writeFile(
    target,
    text.replace(before, () => after),
  )
}

/** A reader looks again when a saved file is not served yet; what is asked for its answer is asked again here. */
async function runUntilAnswered(
  { command, answer, line }: Extract<Step, { kind: 'run' }>,
  place: Place,
): Promise<void> {
  const isQuestion = /^(curl|npx cambium plugin list)\b/.test(command)
  for (const deadline = Date.now() + ANSWER_WITHIN_MS; ; await pause(ANSWER_POLL_MS)) {
    const { code, output } = await run(command, place)
    const missing = answer.filter((expected) => !patternOf(expected).test(output))
    if (code === 0 && missing.length === 0) return
    if (isQuestion && Date.now() < deadline) continue
    assert.fail(`Line ${line}: ${command}\nexit code ${code}, not answered: ${missing.join('; ')}\n${output}`)
  }
}

function patternOf(expected: string): RegExp {
  const literally = expected.trim().replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return new RegExp(literally.replaceAll('…', '[^\\n]*'))
}

function run(
  command: string,
  { directory, environment, addresses }: Place,
): Promise<{ code: number; output: string }> {
  const here = Object.entries(addresses).reduce(
    (text, [written, actual]) => text.replaceAll(written, actual),
    command,
  )
  const options = { cwd: directory, env: environment }
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-ec', here], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: stdout + stderr })
    })
  })
}

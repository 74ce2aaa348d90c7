/** Where a long task tells what it is doing. Tests pass a silent one. */
export interface Progress {
  /** Runs `work` under a name: ticked while it takes long, and closed with its time. */
  step<Result>(name: string, work: () => Promise<Result>): Promise<Result>
  say(line: string): void
}

const ERASE_LINE = '\r\u001B[K'

/** On a terminal one line that counts the seconds; elsewhere a whole line every ten, readable in a file. */
export const terminalProgress: Progress = {
  async step(name, work) {
    const { isTTY } = process.stdout
    const startedAt = performance.now()
    const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1)
    const finish = (mark: string) =>
      console.log(`${isTTY ? ERASE_LINE : ''}  ${mark} ${name}  ${seconds()} s`)
    const show = () =>
      process.stdout.write(
        isTTY ? `${ERASE_LINE}  … ${name}  ${seconds()} s` : `  … ${name}  ${seconds()} s\n`,
      )
    const tick = setInterval(show, isTTY ? 1_000 : 10_000)
    if (isTTY) show()
    try {
      const result = await work()
      finish('✔')
      return result
    } catch (error) {
      finish('✖')
      throw error
    } finally {
      clearInterval(tick)
    }
  },
  say: (line) => console.log(process.stdout.isTTY ? ERASE_LINE + line : line),
}

export const silentProgress: Progress = { step: (_, work) => work(), say: () => undefined }

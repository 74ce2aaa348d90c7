import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Ends a server that a killed supervisor left behind. The pid alone proves nothing, so the process must also name
 * `directory` on its command line.
 */
export async function endOrphan(pidFile: string, directory: string): Promise<void> {
  const pid = Number(read(pidFile))
  const isOurs = () => pid > 1 && read(`/proc/${pid}/cmdline`).includes(directory)
  for (const [signal, attempts] of [
    ['SIGTERM', 100],
    ['SIGKILL', 100],
  ] as const) {
    if (!isOurs()) return
    process.kill(pid, signal)
    for (let attempt = 0; attempt < attempts && isOurs(); attempt++) await pause(50)
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

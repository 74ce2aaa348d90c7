/** Loaded into an engine's process before its own code: says at its end how long garbage collection ever stopped it. */
import { writeSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'

const STDOUT = 1
let count = 0
let longestMs = 0
let allMs = 0
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    count++
    allMs += duration
    longestMs = Math.max(longestMs, duration)
  }
})
observer.observe({ entryTypes: ['gc'] })
process.on('exit', () => {
  // Nothing asynchronous happens any more.
  writeSync(STDOUT, `${JSON.stringify({ count, longestMs, allMs })}\n`)
})

/** `flatness-process.ts`: for a line with a size on its input measures it and prints what it costs. */
import '../process/inlining.ts'
import { createInterface } from 'node:readline'
import { measureCost, type Size } from './flatness.ts'

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(measureCost(JSON.parse(line) as Size)))
}

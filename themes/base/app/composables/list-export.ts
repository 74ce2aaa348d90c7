import { csvLine, ProblemError, readProblem, routeUrl, type Route } from '@cambium/kernel/contract'
import type { ListColumn } from '../ui/parts.ts'

/** A file in the making: `users-2026-11-22.csv`. */
export function fileName(name: string, now: Date): string {
  return `${name}-${now.toISOString().slice(0, 10)}.csv`
}

/** The rows that are here, with the columns as the list names them; one that never has a value is left out. */
export function rowsAsCsv<R>(columns: readonly ListColumn<R>[], rows: readonly R[]): string {
  const told = columns.filter((column) => rows.some((row) => column.value(row) !== null))
  const lines = rows.map((row) => csvLine(told.map((column) => column.value(row))))
  return [csvLine(told.map(({ label }) => label)), ...lines].join('')
}

export interface Download {
  readonly route: Route
  readonly params: Record<string, unknown>
  readonly signal: AbortSignal
  onBytes(count: number): void
}

/** All that a list's route has, as the server writes it. */
export async function downloadCsv({ route, params, signal, onBytes }: Download): Promise<Blob> {
  const address = routeUrl(route, { ...params, format: 'csv' }, '/api')
  const response = await fetch(address, { headers: { accept: 'text/csv' }, signal })
  if (!response.ok) throw new ProblemError(readProblem(response.status, await response.text()))
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let count = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array<ArrayBuffer>)
    count += chunk.length
    onBytes(count)
  }
  return new Blob(chunks, { type: 'text/csv' })
}

/** Hands a file to the browser as if a link to it had been followed. */
export function saveFile(name: string, content: Blob | string): void {
  const address = URL.createObjectURL(
    typeof content === 'string' ? new Blob([content], { type: 'text/csv' }) : content,
  )
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser reads it a moment later.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

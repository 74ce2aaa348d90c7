/** What `<input type="datetime-local">` takes and gives, in the reader's zone. */
export function toLocalInput(time: string | null | undefined): string {
  if (!time) return ''
  const date = new Date(time)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
export function fromLocalInput(text: string): string | null {
  return text === '' ? null : new Date(text).toISOString()
}

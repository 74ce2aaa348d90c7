const secretName = /password|secret|token|credential|privatekey|^code$|^key$/i
const LEFT_OUT = '…'

/** A copy without what must not be kept: anything whose name says that it is secret, unless it only says whether there is one. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      secretName.test(name) && typeof one === 'string' ? LEFT_OUT : redact(one),
    ]),
  )
}

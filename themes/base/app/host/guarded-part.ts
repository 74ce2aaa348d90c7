import type { Component } from 'vue'
import { ssrRenderComponent } from 'vue/server-renderer'

type RenderBuffer = Awaited<ReturnType<typeof ssrRenderComponent>>

export interface PartGuard {
  /** What takes longer is left to the browser: the page around it is not kept waiting. */
  readonly deadlineMs: number
  /** Whether something was thrown that Vue has handed over already. */
  hasFailed(): boolean
  fail(error: unknown): void
  late(): void
  rendered(): void
}

/** Drawn where nothing could be rendered; the browser takes it for a part that has not come yet. */
const nothing = '<!---->'

async function textOf(buffer: RenderBuffer): Promise<string> {
  // All of it is under way: what fails while another is awaited must not count as unhandled.
  for (const item of buffer) if (item instanceof Promise) item.catch(() => undefined)
  let text = ''
  for (const item of buffer) text += typeof item === 'string' ? item : await textOf(await item)
  return text
}

/**
 * The part as the server renders it, complete or not at all. Vue lets what a compiled template throws end the whole
 * answer, and waits for ever for a setup that never resolves; behind this only the part is missing.
 */
export function guardedPart(part: Component, guard: PartGuard): Component {
  const { deadlineMs } = guard

  async function render(...[attributes, parent]: [object, never]): Promise<RenderBuffer> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), deadlineMs)
    })
    const rendering = Promise.resolve(ssrRenderComponent(part, { ...attributes }, null, parent)).then(textOf)
    const text = await Promise.race([rendering, late]).finally(() => clearTimeout(timer))
    if (text === undefined) guard.late()
    if (text === undefined || guard.hasFailed()) return [nothing]
    guard.rendered()
    return [text]
  }

  return {
    ssrRender: (_: unknown, push: (item: Promise<RenderBuffer>) => void, parent: never, attributes: object) =>
      push(
        render(attributes, parent).catch((error: unknown): RenderBuffer => {
          guard.fail(error)
          return [nothing]
        }),
      ),
  } as Component
}

/**
 * The engine's block of memory. There is one in a process and it never moves, so V8 knows its address and length when it
 * compiles the engine; an engine that had its arrays in an object was a sixth slower. `state.ts` says whose books are in it.
 * The modules that every order passes copy the functions they import, and the exported ones of their own that they call,
 * into constants, as they do with the words; their other functions are constants. V8 then puts their code in place without
 * asking at each call whether it is still the same. A fifth faster.
 */
import { MEMORY_WORDS } from './layout.ts'

const PAGE_BYTES = 65536

/** Node's types do not know it. Its memory, unlike an ArrayBuffer's, starts on a page and so on a cache line. */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
}

const pages = Math.ceil((MEMORY_WORDS * 4) / PAGE_BYTES)
const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages })

export const i = new Int32Array(buffer)
export const f = new Float64Array(buffer)
export const b = new Uint8Array(buffer)

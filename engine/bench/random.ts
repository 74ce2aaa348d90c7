/** Numbers from a seed: the small fast counter generator sfc32, so that a flow is the same on every machine. */
export class Random {
  #a: number
  #b = 0x243f6a88
  #c = 0xb7e15162 | 0
  #counter: number

  constructor(seed: number) {
    this.#a = 0x9e3779b9 ^ seed
    this.#counter = seed | 0
    // The first numbers still show the seed.
    for (let n = 0; n < 16; n++) this.next()
  }

  /** From 0 to 2^32 - 1. */
  next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0
    return result >>> 0
  }

  /** From 0 up to, and without, 1. */
  share(): number {
    return this.next() / 2 ** 32
  }

  below(end: number): number {
    return Math.floor(this.share() * end)
  }
}

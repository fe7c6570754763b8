/** One stream of random numbers with a state that can be kept and put back. Blackman & Vigna 2018, xoshiro128**; seeded by splitmix32. */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** seed: any uint32; equal seeds give equal streams. */
  constructor(seed: number) {
    let state = seed >>> 0
    const next = (): number => {
      state = (state + 0x9e3779b9) >>> 0
      let z = state
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
      return (z ^ (z >>> 16)) >>> 0
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    this.#d = next() || 1 // all zeros would stay zero for ever
  }

  /** uniform in [0, 1), 53 bits */
  uniform(): number {
    const high = this.#next() >>> 5
    const low = this.#next() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }

  save(): readonly [number, number, number, number] {
    return [this.#a, this.#b, this.#c, this.#d]
  }

  restore([a, b, c, d]: readonly [number, number, number, number]): void {
    this.#a = a
    this.#b = b
    this.#c = c
    this.#d = d
  }

  #next(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = rotate(this.#d, 11)
    return result
  }
}

const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits))

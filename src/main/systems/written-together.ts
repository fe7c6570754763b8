import type { Call, Decoded, DecodeProgram, ModelPool } from '../models/model'

interface Asked {
  readonly program: DecodeProgram
  readonly resolve: (decoded: Decoded) => void
  readonly reject: (error: unknown) => void
}

/** Some runs of nodes at the same time: when each that has not ended waits for a text, all these texts are written side by side. */
export class WrittenTogether {
  #running: number
  #asked: Asked[] = []

  constructor(
    readonly models: ModelPool,
    readonly call: Call,
    runs: number,
  ) {
    this.#running = runs
  }

  decode(program: DecodeProgram): Promise<Decoded> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ program, resolve, reject })
      this.#wait()
    })
  }

  /** One run has ended. */
  ended(): void {
    this.#running--
    this.#wait()
  }

  #wait(): void {
    if (this.#asked.length === 0 || this.#asked.length < this.#running) return
    const asked = this.#asked
    this.#asked = []
    this.models
      .decodeAll(
        asked.map(({ program }) => program),
        this.call,
      )
      .then(
        (all) => asked.forEach(({ resolve }, i) => void resolve(all[i] as Decoded)),
        (error: unknown) => asked.forEach(({ reject }) => void reject(error)),
      )
  }
}

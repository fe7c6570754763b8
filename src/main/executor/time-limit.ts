/** A span of time that stands still while something is held. `onEnd` is called once, when it is used up. */
export class TimeLimit {
  #leftMs: number
  #runningSince = 0
  #timer: NodeJS.Timeout | undefined
  #holds = 0
  #ended = false

  constructor(
    limitMs: number,
    private readonly onEnd: () => void,
  ) {
    this.#leftMs = limitMs
    this.#go()
  }

  /** It stands still until the function that comes back is called, and until all others that came back from here were. */
  hold(): () => void {
    if (this.#holds++ === 0) this.#halt()
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      if (--this.#holds === 0 && !this.#ended) this.#go()
    }
  }

  end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  #go(): void {
    this.#runningSince = performance.now()
    this.#timer = setTimeout(() => {
      this.end()
      this.onEnd()
    }, this.#leftMs)
  }

  #halt(): void {
    clearTimeout(this.#timer)
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#runningSince))
  }
}

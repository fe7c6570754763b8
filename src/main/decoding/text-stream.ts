/**
 * Bytes of tokens → text that may be shown: never half a character, never the beginning of a stop string.
 * The text is cut before the first stop string that appears, wherever the tokens' borders lie.
 */
export class TextStream {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #stops: readonly string[]
  #text = ''
  #shown = 0
  #stopped = false

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '')
  }

  /** text so far, without a stop string and what follows it */
  get text(): string {
    return this.#text
  }

  get isStopped(): boolean {
    return this.#stopped
  }

  push(bytes: Uint8Array): void {
    if (this.#stopped) return
    const before = this.#text.length
    this.#text += this.#decoder.decode(bytes, { stream: true })
    const cut = this.#firstStop(before)
    if (cut < 0) return
    this.#text = this.#text.slice(0, cut)
    this.#stopped = true
  }

  /** What may be shown and has not been yet. `final`: nothing follows, so a beginning of a stop string is text after all; half a character is dropped. */
  take(final = false): string {
    const end = final || this.#stopped ? this.#text.length : this.#text.length - this.#held()
    const delta = this.#text.slice(this.#shown, Math.max(this.#shown, end))
    this.#shown += delta.length
    return delta
  }

  /** Where the earliest stop string begins that ends after `before`; −1 if none. */
  #firstStop(before: number): number {
    let first = -1
    for (const stop of this.#stops) {
      const at = this.#text.indexOf(stop, Math.max(0, before - stop.length + 1))
      if (at >= 0 && (first < 0 || at < first)) first = at
    }
    return first
  }

  /** Length of the longest end of the text that begins a stop string. */
  #held(): number {
    let held = 0
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, this.#text.length); length > held; length--) {
        if (this.#text.endsWith(stop.slice(0, length))) held = length
      }
    }
    return held
  }
}

interface Followers {
  readonly counts: Map<number, number>
  /** the most frequent; among equals the latest */
  best: number
}

/**
 * Which token followed each context of 1 … order−1 tokens, and how often. The longest context that is known answers first; contexts of three tokens
 * and more answer only when their guess was seen `minCount` times, or when no shorter context knows anything. Ties: the most recent occurrence.
 */
export class NgramTables {
  readonly #order: number
  readonly #shortest: number
  readonly #minCount: number
  readonly #tables: Map<string, Followers>[]
  readonly #tokens: number[] = []
  #streak = 0

  /** order ≥ shortest ≥ 2 count the guessed token too. */
  constructor(order: number, shortest: number, minCount: number) {
    this.#order = order
    this.#shortest = shortest
    this.#minCount = minCount
    this.#tables = Array.from({ length: order }, () => new Map())
  }

  /** how many of the last tokens, one after another, were what would have been guessed */
  get streak(): number {
    return this.#streak
  }

  reset(tokens: readonly number[]): void {
    this.#tokens.length = 0
    this.#streak = 0
    for (const table of this.#tables) table.clear()
    this.push(tokens)
  }

  push(tokens: readonly number[]): void {
    for (const token of tokens) {
      this.#streak = this.#next(this.#tokens.slice(-(this.#order - 1))) === token ? this.#streak + 1 : 0
      this.#tokens.push(token)
      for (let context = this.#shortest - 1; context < this.#order; context++) this.#count(context)
    }
  }

  /** The likeliest continuation, up to `limit` tokens; shorter where nothing is known. */
  predict(limit: number): number[] {
    const tail = this.#tokens.slice(-(this.#order - 1))
    const drafted: number[] = []
    while (drafted.length < limit) {
      const token = this.#next(tail)
      if (token === undefined) break
      drafted.push(token)
      tail.push(token)
      if (tail.length >= this.#order) tail.shift()
    }
    return drafted
  }

  #next(tail: readonly number[]): number | undefined {
    let fallback: number | undefined
    for (let context = Math.min(this.#order - 1, tail.length); context >= this.#shortest - 1; context--) {
      const followers = this.#tables[context]?.get(keyOf(tail, tail.length - context, tail.length))
      if (followers === undefined) continue
      const { best, counts } = followers
      if (context < 3 || (counts.get(best) ?? 0) >= this.#minCount) return best
      fallback ??= best
    }
    return fallback
  }

  /** Counts the last token as the follower of the `context` tokens before it. */
  #count(context: number): void {
    const at = this.#tokens.length - 1
    if (at < context) return
    const key = keyOf(this.#tokens, at - context, at)
    const table = this.#tables[context] as Map<string, Followers>
    const token = this.#tokens[at] as number
    const followers = table.get(key) ?? { counts: new Map<number, number>(), best: token }
    table.set(key, followers)
    const count = (followers.counts.get(token) ?? 0) + 1
    followers.counts.set(token, count)
    if (count >= (followers.counts.get(followers.best) ?? 0)) followers.best = token
  }
}

function keyOf(tokens: readonly number[], start: number, end: number): string {
  let key = ''
  for (let i = start; i < end; i++) key += `${tokens[i]},`
  return key
}

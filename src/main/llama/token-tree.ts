/** A tree of tokens in a cache of sequences: every way through it is a sequence, and a token belongs to all the ways that pass it. */

/** Where a token lies: how many tokens come before it, and the sequences that hold it. */
export interface TokenPlace {
  readonly depth: number
  readonly sequences: readonly number[]
}

/**
 * The places of `count` tokens of which the last are a tree (`parents`, see `EvaluateRequest`) and the others come in a row before it. A way that holds
 * all the kept tokens is sequence `main`; `branch` gives a sequence for each other way.
 */
export function placesOf(count: number, parents: readonly number[], main: number, branch: () => number): TokenPlace[] {
  const before = count - parents.length
  const held: number[][] = parents.map(() => [])
  const lastKept = keptTokens(parents, parents).length - 1
  const inner = new Set(parents)
  const ways = [...parents.keys()].filter((node) => !inner.has(node)).map((end) => wayTo(end, parents))
  const mainWay = ways.find((way) => way.includes(lastKept))
  const all = ways.map((way) => {
    const sequence = way === mainWay ? main : branch()
    for (const node of way) held[node]?.push(sequence)
    return sequence
  })
  const depths: number[] = []
  for (const parent of parents) depths.push(parent < 0 ? before : (depths[parent] as number) + 1)
  return Array.from({ length: count }, (_, i) =>
    i < before ? { depth: i, sequences: all } : { depth: depths[i - before] as number, sequences: held[i - before] as number[] },
  )
}

/** A node and those before it, back to the root. */
function wayTo(end: number, parents: readonly number[]): number[] {
  const way: number[] = []
  for (let node = end; node >= 0; node = parents[node] as number) way.push(node)
  return way
}

/** Tokens that stay in the sequence: those in a row, and of the tree those that follow each other from its first. */
export function keptTokens(tokens: readonly number[], parents: readonly number[] = []): readonly number[] {
  const fork = parents.findIndex((parent, node) => parent !== node - 1)
  return fork < 0 ? tokens : tokens.slice(0, tokens.length - parents.length + fork)
}

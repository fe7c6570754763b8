/** A part of a cache that has something to read. */
export interface Reading {
  /** tokens that are left, one at least */
  readonly pending: number
  /** tokens that it can hold beyond those it holds */
  readonly room: number
  /** the last so many of the tokens that are left are wanted as logits */
  readonly rows: number
}

export interface StretchLimits {
  /** of one batch */
  readonly tokens: number
  /** of logits in one batch */
  readonly rows: number
  /** tokens of one part at least, and rows too where it has any: 2 where one alone takes other code, else 1 */
  readonly least: number
}

/** A batch more costs about what so many tokens do. */
const batchWorth = 2

/**
 * How many tokens each part reads in the next batch: llama.cpp reads several parts in one go only where they read as many each. Those that have less are
 * filled up, with tokens to be forgotten, where that is cheaper than a batch more for the others.
 */
export function nextStretch(parts: readonly Reading[], { tokens, rows, least }: StretchLimits): number {
  const wanted = parts.map(({ pending }) => Math.max(least, pending))
  const fits = (width: number): boolean => parts.every(({ room }, i) => (wanted[i] as number) >= width || room >= width)
  let width = cheapest(wanted, least, fits)
  width = Math.min(width, Math.max(least, Math.floor(tokens / parts.length)))
  while (width > least && rowsWithin(parts, width, least) > rows) width--
  return width
}

/** The first of the stretches that read parts of these lengths with the fewest tokens and batches. A stretch ends where some part ends. */
function cheapest(lengths: readonly number[], least: number, fits: (width: number) => boolean): number {
  const ends = [...new Set(lengths)].sort((a, b) => a - b)
  /** from the end of a stretch on: what the rest costs */
  const costs = new Map<number, number>()
  let first = least
  for (const from of [...ends.slice(0, -1).reverse(), 0]) {
    const reading = lengths.filter((length) => length > from).length
    let lowest = Infinity
    for (const end of ends) {
      if (end <= from) continue
      const width = Math.max(least, end - from)
      const cost = width * reading + batchWorth + (costs.get(end) ?? 0)
      if (cost >= lowest || (from === 0 && !fits(width))) continue
      lowest = cost
      first = width
    }
    costs.set(from, lowest)
  }
  return first
}

/** Rows that fall into the first `width` tokens. */
const rowsWithin = (parts: readonly Reading[], width: number, least: number): number =>
  parts.reduce((sum, { pending, rows }) => {
    const within = Math.min(pending, width) - (pending - rows)
    return sum + (within > 0 ? Math.max(least, within) : 0)
  }, 0)

import { editDistance } from './nearest-token'

/**
 * What one model held likely at each token of a text, moved to the tokens in which another model writes the same text.
 * Fu et al. 2023 (arXiv:2301.12726): dynamic programming with exact matches; Wan et al. 2024 (FuseLLM, arXiv:2401.10491): the same with edit distances.
 */

/** exact: 0 for equal tokens, else 1 · edit: Levenshtein distance of the tokens without their leading space */
export type AlignBy = 'exact' | 'edit'

const bare = (token: string): string => token.replace(/^[ Ġ▁]/, '')
const costs: Readonly<Record<AlignBy, (a: string, b: string) => number>> = {
  exact: (a, b) => (a === b ? 0 : 1),
  edit: (a, b) => editDistance(bare(a), bare(b)),
}

export interface SeriesAlignment {
  readonly total: number
  /** [place in source, place in target], from the first pair to the last; both never go back */
  readonly path: readonly (readonly [number, number])[]
}

/**
 * Dynamic time warping: C[i,j] = cost + min(C[i−1,j−1], C[i−1,j], C[i,j−1]). On ties both advance, else the source alone, else the target alone.
 * An empty series has no path. O(n·m) time and memory.
 */
export function alignSeries(source: readonly string[], target: readonly string[], by: AlignBy): SeriesAlignment {
  const [rows, columns] = [source.length, target.length]
  if (rows === 0 || columns === 0) return { total: 0, path: [] }
  const sums = new Float64Array(rows * columns)
  const at = (i: number, j: number): number => (i < 0 || j < 0 ? Number.POSITIVE_INFINITY : (sums[i * columns + j] as number))
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const before = i === 0 && j === 0 ? 0 : Math.min(at(i - 1, j - 1), at(i - 1, j), at(i, j - 1))
      sums[i * columns + j] = costs[by](source[i] as string, target[j] as string) + before
    }
  const path: (readonly [number, number])[] = []
  for (let i = rows - 1, j = columns - 1; ; ) {
    path.unshift([i, j])
    if (i === 0 && j === 0) break
    const [both, first, second] = [at(i - 1, j - 1), at(i - 1, j), at(i, j - 1)]
    if (both <= first && both <= second) [i, j] = [i - 1, j - 1]
    else if (first <= second) i--
    else j--
  }
  return { total: at(rows - 1, columns - 1), path }
}

export type TextLikelihoods = readonly (readonly [text: string, probability: number])[]

/** A text as one model reads it: its tokens, and what was held likely at each. */
export interface ReadSteps {
  readonly tokens: readonly string[]
  readonly top: readonly TextLikelihoods[]
}

export interface MovedSteps {
  /** for each target token: likelihoods of target tokens that sum to 1; the token itself alone where nothing could be moved */
  readonly top: readonly TextLikelihoods[]
  /** target tokens that got a distribution of the source */
  readonly moved: number
}

/**
 * Where one target token stands for one source token and both are equal (edit: or it is the nearest to it), each of the source's likeliest goes to the
 * target's token of equal text (edit: else to the nearest); the first that comes to a token has it, the rest is scaled up to 1.
 * Everywhere else the token that came is all there is. `partner`: the target's token for a text of the source; undefined where there is none.
 */
export function moveSteps(source: ReadSteps, target: ReadSteps, by: AlignBy, partner: (text: string) => string | undefined): MovedSteps {
  const { path } = alignSeries(source.tokens, target.tokens, by)
  const partners = target.tokens.map((): number[] => [])
  const uses = source.tokens.map(() => 0)
  for (const [i, j] of path) {
    partners[j]?.push(i)
    uses[i] = (uses[i] as number) + 1
  }
  let moved = 0
  const top = target.tokens.map((token, j): TextLikelihoods => {
    const [i, ...more] = partners[j] as number[]
    if (i === undefined || more.length > 0 || uses[i] !== 1 || partner(source.tokens[i] as string) !== token) return [[token, 1]]
    const found = new Map<string, number>()
    for (const [text, probability] of source.top[i] ?? []) {
      const to = partner(text)
      if (to !== undefined && !found.has(to)) found.set(to, probability)
    }
    const sum = [...found.values()].reduce((total, probability) => total + probability, 0)
    if (!(sum > 0)) return [[token, 1]]
    moved++
    return [...found].map(([text, probability]) => [text, probability / sum] as const).sort((a, b) => b[1] - a[1])
  })
  return { top, moved }
}

/** A response in the making. */
export interface Hypothesis {
  readonly text: string
  readonly tokens: number
  /** it came to its end; it is not continued, and competes as it is */
  readonly isFinished: boolean
  readonly value: number
}

export interface ChunkSearchParts {
  /** One chunk more, drawn independently for each number. */
  extend(hypothesis: Hypothesis, draw: number): Promise<Omit<Hypothesis, 'value'>>
  /** What each whole response so far is worth; higher is better. */
  value(hypotheses: readonly Omit<Hypothesis, 'value'>[]): Promise<readonly number[]>
  readonly beams: number
  readonly expansions: number
  /** rounds at most */
  readonly rounds: number
  onRound?(round: number, best: Hypothesis): void
}

/**
 * Chunk-level beam search: each of `beams` responses is continued `expansions` times by a chunk, and the best `beams` of all go on; finished ones
 * stay in the race. Equal texts are one hypothesis. Gives all survivors, best first; ties keep the earlier. Zhou et al. 2024, arXiv:2405.19262.
 */
export async function chunkSearch(parts: ChunkSearchParts): Promise<Hypothesis[]> {
  let beams: Hypothesis[] = [{ text: '', tokens: 0, isFinished: false, value: 0 }]
  for (let round = 0; round < parts.rounds && beams.some(({ isFinished }) => !isFinished); round++) {
    const grown = new Map<string, Omit<Hypothesis, 'value'>>()
    const keep = (hypothesis: Omit<Hypothesis, 'value'>): void => {
      const key = `${hypothesis.isFinished}${hypothesis.text}`
      if (!grown.has(key)) grown.set(key, hypothesis)
    }
    // the first round has one beam: it is expanded as often as all beams together later
    const expansions = round === 0 ? parts.beams * parts.expansions : parts.expansions
    for (const [b, beam] of beams.entries()) {
      if (beam.isFinished) keep(beam)
      else
        for (let e = 0; e < expansions; e++) keep(await parts.extend(beam, (round * parts.beams + b) * parts.beams * parts.expansions + e))
    }
    const all = [...grown.values()]
    const values = await parts.value(all)
    beams = bestOf(
      all.map((hypothesis, i) => ({ ...hypothesis, value: values[i] ?? -Infinity })),
      parts.beams,
    )
    parts.onRound?.(round, beams[0] as Hypothesis)
  }
  return beams
}

/** The `count` of highest value, best first; a value that is no number is the worst. */
export function bestOf(hypotheses: readonly Hypothesis[], count: number): Hypothesis[] {
  const rank = ({ value }: Hypothesis): number => (Number.isNaN(value) ? -Infinity : value)
  return [...hypotheses.entries()]
    .sort(([i, a], [j, b]) => (rank(a) === rank(b) ? i - j : rank(b) - rank(a)))
    .slice(0, count)
    .map(([, hypothesis]) => hypothesis)
}

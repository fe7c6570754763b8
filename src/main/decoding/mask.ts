import type { Row } from './row'

/** Scores are float32: a token whose probability equals a cut must not fall to rounding. */
const cutSlack = 1e-6

/** The lowest score that is still `share` times as likely as the best; −Infinity for 0. */
export const cutBelowBest = (row: Row, share: number): number => row.max + Math.log(share) - cutSlack

/** out = the scores of the tokens `ids`, all others impossible. */
export function keepOnly(ids: Int32Array, of: Row, out: Row): void {
  out.values.fill(-Infinity)
  for (const id of ids) out.values[id] = of.values[id] as number
  out.touch()
}

import type { Row } from './row'

/** out = scores of the tokens plus what was added to each, all others impossible; where nothing is left the scores stand as they were. */
export function rescore(of: Row, tokens: readonly number[], added: readonly number[], out: Row): void {
  out.values.fill(-Infinity)
  tokens.forEach((token, i) => {
    out.values[token] = (of.values[token] as number) + (added[i] as number)
  })
  out.touch()
  if (out.max > -Infinity) return
  for (const token of tokens) out.values[token] = of.values[token] as number
  out.touch()
}

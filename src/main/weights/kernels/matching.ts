import { assign, sinkhorn } from './assignment'

/** Which column goes to each row: gain [n × n], row-major → n columns, each once. */
export type Match = (gain: Float64Array, n: number) => number[]

/** One to one by greatest gain, or through Sinkhorn's soft matching at a temperature of a fiftieth of the largest gain. */
export const matcherOf = (solver: 'assignment' | 'transport' | 'sinkhorn'): Match => {
  if (solver !== 'sinkhorn') return assign
  return (gain, n) => {
    const spread = gain.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1
    return assign(sinkhorn(gain, n, spread / 50, 30), n)
  }
}

export function sumOver(count: number, of: (index: number) => number): number {
  let sum = 0
  for (let index = 0; index < count; index++) sum += of(index)
  return sum
}

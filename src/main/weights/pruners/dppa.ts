import { keepBetween, rankBounds } from '../kernels/magnitude'
import { definePruner, number } from '../method'

const mostParts = 4
const gamma = (part: number) =>
  number({
    default: -1,
    min: -1,
    max: 100,
    step: 0.5,
    title: `γ${part}`,
    summary: `factor of the ${['largest', 'second', 'third', 'fourth'][part - 1]} part; −1: 1 / (1 − rate)`,
  })

export default definePruner({
  name: 'dppa',
  title: 'DPPA-style pruning and amplification',
  summary: 'Prunes layers with many outstanding changes less than others, and amplifies what stays, part by part.',
  help: 'Each matrix is pruned by magnitude at a rate of its own, lower where it has more changes above five times the mean of the model. What stays falls into parts (kept at a rate 0.1 higher, 0.2 higher, …), each with a factor; *Amplify partitions* finds the factors on held-out rows. Exact rules were not published in full: this is a reconstruction.',
  formula:
    'τ̂ = Σ γ_j τ[part j]; γ_j below 0: 1 / (1 − r), r = {rate}\npart j of k = {parts}: ranks of |τ| from 1 − r − 0.1 (k − j + 1), the first from 0, to 1 − r − 0.1 (k − j); r goes by matrix up to 0.08 up or down',
  paper: 'Zhu et al. 2024, arXiv:2403.02799',
  systems: ['dppa'],
  params: {
    rate: number({ default: 0.8, min: 0, max: 0.99, step: 0.05, summary: 'share of all entries that go' }),
    parts: number({ default: 2, min: 1, max: mostParts, integer: true, summary: 'how many parts stay' }),
    gamma1: gamma(1),
    gamma2: gamma(2),
    gamma3: gamma(3),
    gamma4: gamma(4),
  },
  notice: ({ params }) =>
    [params.gamma1, params.gamma2, params.gamma3, params.gamma4].slice(0, params.parts).some((factor) => factor < 0)
      ? 'DPPA-style pruning without factors found on held-out rows multiplies what stays by 1 / (1 − rate), as DARE does: Amplify partitions finds better ones.'
      : undefined,
  passes: ({ params, tensorCount }) => [
    {
      scope: 'model',
      size: 1,
      measure({ values: [delta] }, into) {
        for (const value of delta as Float32Array) into[0] = (into[0] as number) + Math.abs(value)
      },
      settle: (sums, { elements }) => sums.map((sum) => sum / Math.max(1, elements)),
    },
    {
      scope: 'model',
      size: 2 * tensorCount,
      counts: true,
      measure({ values: [delta], known, tensorIndex }, into) {
        const outstanding = 5 * (known[0]?.[0] as number)
        let count = 0
        for (const value of delta as Float32Array) if (Math.abs(value) > outstanding) count++
        into[2 * tensorIndex] = (into[2 * tensorIndex] as number) + count
        into[2 * tensorIndex + 1] = (into[2 * tensorIndex + 1] as number) + (delta as Float32Array).length
      },
    },
    ...ranks(params.parts).passes,
  ],
  prune(input, out) {
    const [delta] = input.values as [Float32Array]
    const { params } = input
    const part = new Float32Array(out.length)
    const order = ranks(params.parts)
    out.fill(0)
    for (let index = 0; index < params.parts; index++) {
      const given = [params.gamma1, params.gamma2, params.gamma3, params.gamma4][index] as number
      const factor = given < 0 ? 1 / (1 - params.rate) : given
      keepBetween(delta, order.bound(input, 2 * index), order.bound(input, 2 * index + 1), part)
      for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + factor * (part[i] as number)
    }
  },
})

/** Of part j the entries between the ranks kept at the rates `rate + (parts − j)·0.1` and one step lower. */
const ranks = (parts: number) =>
  rankBounds<{ readonly rate: number; readonly parts: number }, unknown>({
    scope: 'tensor',
    firstPass: 2,
    arrays: ({ values }) => values,
    arrayCount: 1,
    boundCount: 2 * parts,
    bounds(elements, { params, known, tensorIndex }) {
      const kept = (j: number): number => {
        const rate = Math.min(0.999, params.rate + (params.parts - j) * 0.1)
        return Math.round((1 - (ratesOf(known[1] as Float64Array, rate)[tensorIndex] as number)) * elements)
      }
      return Array.from({ length: params.parts }, (_, j) => [
        { array: 0, rank: j === 0 ? 0 : kept(j) },
        { array: 0, rank: kept(j + 1) },
      ]).flat()
    },
  })

const reach = 0.08

/**
 * The rate of each tensor, from [outstanding, size] of each: higher where fewer of its changes stand out, by at most 0.08; the mean by size is `rate`.
 * Tensors that are alike get `rate` itself.
 */
export function ratesOf(counts: Float64Array, rate: number): number[] {
  const tensors = Array.from({ length: counts.length / 2 }, (_, i) => ({
    share: (counts[2 * i] as number) / Math.max(1, counts[2 * i + 1] as number),
    size: counts[2 * i + 1] as number,
  }))
  const held = tensors.filter(({ size }) => size > 0)
  const mean = held.reduce((sum, { share }) => sum + share, 0) / Math.max(1, held.length)
  const most = held.reduce((largest, { share }) => Math.max(largest, Math.abs(mean - share)), 0) || 1
  const raw = tensors.map(({ share }) => Math.min(rate + reach, Math.max(rate - reach, rate + (reach * (mean - share)) / most)))
  const total = held.reduce((sum, { size }) => sum + size, 0)
  // shifted until the mean by size is the rate, whatever is cut at the ends
  let shifted = raw
  for (let round = 0; round < 60; round++) {
    const off = rate - shifted.reduce((sum, value, i) => sum + value * (tensors[i]?.size ?? 0), 0) / Math.max(1, total)
    shifted = shifted.map((value) => Math.min(0.999, Math.max(0, value + off)))
  }
  return shifted
}

import { boolean, defineMergeMethod, type Ingredients, number } from '../method'

export default defineMergeMethod({
  name: 'ram',
  title: 'RAM',
  summary: 'Takes changes that only one model made whole, and averages the shared ones.',
  help: 'At each place the models with |τ| above *threshold* are counted: one of them is taken whole, several are averaged, none leaves the base. *plus* makes unique entries a little larger where a model shares much.',
  formula:
    'θ* = base + mean of the τ_i with |τ_i| > {threshold}, τ_i = θ_i − base\nwhere only one model moved, its τ_i alone{plus?, times 1 + gain · min(limit, shared / own), counts of its entries in the tensor}',
  paper: 'Goddard et al. 2024, arXiv:2403.13257 (RAM in MergeKit)',
  systems: ['mergekit'],
  base: 'required',
  models: { min: 1 },
  of: 'deltas',
  params: {
    threshold: number({ default: 0.00001, min: 0, max: 1, summary: 'changes up to this size count as none' }),
    plus: boolean({ default: false, summary: 'enlarge unique changes (RAM+)' }),
    gain: number({ default: 0.1, min: 0, max: 10, summary: 'how much RAM+ enlarges', when: { param: 'plus', in: [true] } }),
    limit: number({
      default: 0.2,
      min: 0,
      max: 10,
      summary: 'largest ratio of shared to unique that counts',
      when: { param: 'plus', in: [true] },
    }),
  },
  perModel: {},
  passes: ({ labels, params }) =>
    params.plus
      ? [
          {
            scope: 'tensor',
            size: labels.length * 2,
            counts: true,
            measure: countShared,
          },
        ]
      : [],
  combine({ values, params, known }, out) {
    const factors = values.map((_, model) => (params.plus ? plusFactor(known[0] as Float64Array, model, params) : 1))
    for (let i = 0; i < out.length; i++) {
      let count = 0
      let sum = 0
      let last = 0
      for (const [model, value] of values.entries()) {
        if (Math.abs(value[i] as number) <= params.threshold) continue
        count++
        sum += value[i] as number
        last = model
      }
      out[i] = count === 0 ? 0 : count === 1 ? sum * (factors[last] as number) : sum / count
    }
  },
})

/** For each model: entries shared with another, entries of its own. */
function countShared({ values, params }: Ingredients<{ readonly threshold: number }, unknown>, into: Float64Array): void {
  for (let i = 0; i < (values[0]?.length ?? 0); i++) {
    const present = values.map((value) => Math.abs(value[i] as number) > params.threshold)
    const count = present.filter(Boolean).length
    for (const [model, is] of present.entries()) {
      if (!is) continue
      const at = model * 2 + (count > 1 ? 0 : 1)
      into[at] = (into[at] as number) + 1
    }
  }
}

function plusFactor(counts: Float64Array, model: number, { gain, limit }: { readonly gain: number; readonly limit: number }): number {
  const [shared = 0, unique = 0] = counts.subarray(model * 2, model * 2 + 2)
  return 1 + gain * Math.min(limit, unique === 0 ? 0 : shared / unique)
}

import { mergeSparse } from '../kernels/merge-sparse'
import { atRandom, byMagnitude, type Sparsifier } from '../kernels/sparsify'
import { choice, defineMergeMethod, number } from '../method'

export default defineMergeMethod({
  name: 'online-merging',
  title: 'Online merging, offline equivalent',
  summary: 'Joins what alignment added with what instruction tuning added, as the online optimiser would in the limit.',
  help: 'Two models: first the instruction-tuned one, then the aligned one. The two task vectors are (instruct − base) and (aligned − instruct), weighted α and 1 − α; the alignment step is trimmed and the two are joined by sign as in TIES (OnTIES), or its entries stay at random and the two are added (OnDARE). This is the offline limit, not the optimiser that runs inside training. α = 0 with density 1 gives the aligned model.',
  formula: 'v_1 = α (θ_1 − base), v_2 = (1 − α) τ̂, α = {alpha}',
  paper: 'Lu et al. 2024, arXiv:2405.17931',
  systems: ['online-merging'],
  base: 'required',
  models: { min: 2, max: 2 },
  of: 'deltas',
  ordered: true,
  stochastic: true,
  params: {
    thinning: choice({
      default: 'magnitude',
      title: 'Thinning',
      summary: 'what stays of the alignment step, and how the two steps join',
      options: [
        {
          value: 'magnitude',
          title: 'the largest entries, joined by sign (OnTIES)',
          formula: 'θ* = θ_1 + Σ v_i [sign v_i = s], s = sign Σ v_i; τ̂: the largest {density} of θ_2 − θ_1',
        },
        {
          value: 'random',
          title: 'entries at random, added (OnDARE)',
          formula: 'θ* = θ_1 + v_1 + v_2; τ̂ = m ∘ (θ_2 − θ_1), m ~ Bernoulli({density})',
        },
      ],
    }),
    alpha: number({ default: 0.3, min: 0, max: 1, step: 0.05, summary: 'share of the instruction tuning' }),
    density: number({ default: 1, min: 0, max: 1, step: 0.05, summary: 'share of each tensor of the alignment step that stays' }),
  },
  perModel: {},
  passes: ({ params }) => steps(params).passes.map((pass) => ({ ...pass, measure: (input, into) => pass.measure(asSteps(input), into) })),
  combine(input, out) {
    const { alpha, thinning } = input.params
    // the walk starts at the instruct model: α more of its step, 1 − α of the alignment step, joined by sign
    const [instruct] = input.values
    mergeSparse(
      asSteps(input),
      steps(input.params),
      {
        weights: [alpha, 1 - alpha],
        scale: 1,
        ...(thinning === 'magnitude' ? { consensus: { vote: 'sum', join: 'mean' } as const } : {}),
        normalize: false,
        owner: 'Online merging',
      },
      out,
    )
    if (instruct !== undefined) for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + (instruct[i] as number)
  },
})

/** All of the first step, and a share of the second. */
function steps({
  density,
  thinning,
}: {
  readonly density: number
  readonly thinning: 'magnitude' | 'random'
}): Sparsifier<unknown, unknown> {
  const share = (_: unknown, model: number): number => (model === 0 ? 1 : density)
  return thinning === 'magnitude' ? byMagnitude<unknown, unknown>('tensor', 2, share) : atRandom<unknown, unknown>(2, share, () => 'none')
}

/** (instruct − base, aligned − instruct) from (instruct − base, aligned − base) */
function asSteps<I extends { readonly values: readonly Float32Array[] }>(input: I): I {
  const [instruct, aligned] = input.values
  if (instruct === undefined || aligned === undefined) return input
  return { ...input, values: [instruct, aligned.map((value, i) => value - (instruct[i] as number))] }
}

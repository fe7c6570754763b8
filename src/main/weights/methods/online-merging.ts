import { mergeSparse } from '../kernels/merge-sparse'
import { byMagnitude } from '../kernels/sparsify'
import { defineMergeMethod, number } from '../method'

export default defineMergeMethod({
  name: 'online-merging',
  title: 'Online merging, offline equivalent',
  summary: 'Joins what alignment added with what instruction tuning added, as the online optimiser would in the limit.',
  help: 'Two models: first the instruction-tuned one, then the aligned one. The two task vectors are (instruct − base) and (aligned − instruct), weighted α and 1 − α, trimmed and joined by sign as in TIES. This is the offline limit, not the optimiser that runs inside training. α = 0 with density 1 gives the aligned model.',
  formula:
    'θ* = θ_1 + Σ v_i [sign v_i = s], s = sign Σ v_i, v_1 = α (θ_1 − base), v_2 = (1 − α) τ̂, α = {alpha}\nτ̂: the largest {density} of θ_2 − θ_1',
  paper: 'Lu et al. 2024, arXiv:2405.17931',
  systems: ['online-merging'],
  base: 'required',
  models: { min: 2, max: 2 },
  of: 'deltas',
  ordered: true,
  params: {
    alpha: number({ default: 0.3, min: 0, max: 1, step: 0.05, summary: 'share of the instruction tuning' }),
    density: number({ default: 1, min: 0, max: 1, step: 0.05, summary: 'share of each tensor of the alignment step that stays' }),
  },
  perModel: {},
  passes: ({ params }) =>
    steps(params.density).passes.map((pass) => ({ ...pass, measure: (input, into) => pass.measure(asSteps(input), into) })),
  combine(input, out) {
    const { alpha, density } = input.params
    // the walk starts at the instruct model: α more of its step, 1 − α of the alignment step, joined by sign
    const [instruct] = input.values
    mergeSparse(
      asSteps(input),
      steps(density),
      { weights: [alpha, 1 - alpha], scale: 1, consensus: { vote: 'sum', join: 'mean' }, normalize: false, owner: 'online-merging' },
      out,
    )
    if (instruct !== undefined) for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + (instruct[i] as number)
  },
})

const steps = (density: number) => byMagnitude<unknown, unknown>('tensor', 2, (_, model) => (model === 0 ? 1 : density))

/** (instruct − base, aligned − instruct) from (instruct − base, aligned − base) */
function asSteps<I extends { readonly values: readonly Float32Array[] }>(input: I): I {
  const [instruct, aligned] = input.values
  if (instruct === undefined || aligned === undefined) return input
  return { ...input, values: [instruct, aligned.map((value, i) => value - (instruct[i] as number))] }
}

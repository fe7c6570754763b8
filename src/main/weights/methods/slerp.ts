import { cosine, gramOf, gramPass, slerpFactors } from '../kernels/geometry'
import { defineMergeMethod, number } from '../method'

export default defineMergeMethod({
  name: 'slerp',
  title: 'SLERP',
  summary: 'Walks the arc from one model to another instead of the straight line.',
  help: 'Each tensor as one long vector; t = 0 is the first model, t = 1 the second. Nearly parallel or opposite tensors are interpolated in a straight line. t may be a gradient over the layers or chosen by tensor name.',
  formula: 'θ* = sin((1 − t)Ω) / sin Ω · θ_1 + sin(tΩ) / sin Ω · θ_2, t = {t}\nΩ: angle between θ_1 and θ_2, each tensor as one vector',
  paper: 'Shoemake 1985; Goddard et al. 2024, arXiv:2403.13257',
  systems: ['mergekit'],
  base: 'none',
  models: { min: 2, max: 2 },
  of: 'values',
  ordered: true,
  params: { t: number({ default: 0.5, min: 0, max: 1, step: 0.05, summary: 'how far from the first to the second model' }) },
  perModel: {},
  passes: () => [gramPass(2)],
  remark: (gram) =>
    cosine(gram, 0, 1) < -0.9995 ? 'opposite in the two models: the way between them leads through nearly nothing' : undefined,
  factors: ({ params, known: [gram] }) => slerpFactors(gramOf(gram as Float64Array, 2), params.t),
})

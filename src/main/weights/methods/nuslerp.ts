import { columnGramPass, combineBy, combineColumns, type Gram, gramOf, gramPass, slerpFactors } from '../kernels/geometry'
import { combineLinear } from '../kernels/linear'
import { choice, defineMergeMethod, weightOf } from '../method'

export default defineMergeMethod({
  name: 'nuslerp',
  title: 'NuSLERP',
  summary: 'SLERP of two models by their weights; with a base, of what they learnt.',
  help: 't = w₂ / (w₁ + w₂). With a base the two task vectors are interpolated and added to it. By row, each output unit has its own arc; by column, each input.',
  formula:
    'θ* = sin((1 − t)Ω) / sin Ω · θ_1 + sin(tΩ) / sin Ω · θ_2\nt = w_2 / (w_1 + w_2), w = {weight}; Ω: angle between the two\nwith a base: of θ_i − base, added to it',
  paper: 'Goddard et al. 2024, arXiv:2403.13257',
  systems: ['mergekit'],
  base: 'optional',
  models: { min: 2, max: 2 },
  of: 'deltas',
  params: {
    unit: choice({
      default: 'tensor',
      summary: 'what one arc is drawn for',
      options: [
        { value: 'tensor', title: 'each tensor' },
        { value: 'row', title: 'each row' },
        { value: 'column', title: 'each column' },
      ],
    }),
  },
  perModel: { weight: weightOf(0.5) },
  passes: ({ params }) => [params.unit === 'column' ? columnGramPass() : gramPass(2)],
  coefficients: ({ params, perModel, known: [gram] }) =>
    params.unit === 'tensor' ? slerpFactors(gramOf(gram as Float64Array, 2), wayOf(perModel), 1) : undefined,
  combine(input, out) {
    const t = wayOf(input.perModel)
    const factorsOf = (gram: Gram) => slerpFactors(gram, t, 1)
    if (input.params.unit === 'column') combineColumns(input, factorsOf, out)
    else combineBy(input, input.params.unit, factorsOf, combineLinear, out)
  },
})

/** How far from the first to the second model; half of it where the weights cancel. */
function wayOf([first, second]: readonly { readonly weight: number }[]): number {
  const [a, b] = [first?.weight ?? 0, second?.weight ?? 0]
  return Math.abs(a + b) < 1e-6 ? 0.5 : b / (a + b)
}

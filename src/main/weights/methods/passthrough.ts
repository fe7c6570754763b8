import { defineMergeMethod, number } from '../method'

export default defineMergeMethod({
  name: 'passthrough',
  title: 'Passthrough',
  summary: 'One model as it is, each tensor times a scale.',
  help: 'A scale of 1 copies. By tensor name, such as `[{"filter": "ffn_down", "value": 0}, {"value": 1}]`, it can silence parts. To put layers of several models one after the other, use *Stack layers*.',
  formula: 'θ* = {scale} · θ',
  paper: 'Goddard et al. 2024, arXiv:2403.13257',
  systems: ['mergekit'],
  base: 'none',
  models: { min: 1, max: 1 },
  of: 'values',
  params: { scale: number({ default: 1, min: -10, max: 10, step: 0.05, summary: 'multiplies each tensor' }) },
  perModel: {},
  combine({ values: [value], params: { scale } }, out) {
    if (value !== undefined) for (let i = 0; i < out.length; i++) out[i] = scale * (value[i] as number)
  },
})

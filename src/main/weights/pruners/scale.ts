import { definePruner, number } from '../method'

export default definePruner({
  name: 'scale',
  title: 'Scale',
  summary: 'Multiplies a task vector; −1 turns it round.',
  help: 'A factor may be a gradient over the layers or chosen by tensor name, so parts of a task vector can be silenced with 0.',
  formula: 'τ̂ = {factor} · τ',
  paper: 'Ilharco et al. 2023, arXiv:2212.04089',
  systems: ['task-arithmetic'],
  params: { factor: number({ default: 1, min: -10, max: 10, step: 0.05, summary: 'multiplies every entry' }) },
  prune({ values: [delta], params: { factor } }, out) {
    if (delta !== undefined) for (let i = 0; i < out.length; i++) out[i] = factor * (delta[i] as number)
  },
})

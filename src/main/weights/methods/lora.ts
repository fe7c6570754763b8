import { defineMergeMethod, number } from '../method'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'lora',
  title: 'LoRA adapter',
  summary: 'Adds what a low-rank adapter learnt.',
  help: 'W* = W + scale · B·A for every matrix that the adapter has.',
  formula: 'W* = W + {scale} · B A',
  paper: 'Hu et al. 2021, arXiv:2106.09685',
  systems: [],
  base: 'none',
  models: { min: 1, max: 1 },
  of: 'values',
  hasOwnNode: true,
  statistics: { needs: ['loraA'], from: 'Wire an adapter.' },
  params: { scale: number({ default: 1, min: -100, max: 100, step: 0.1, summary: 'how much of the adapter' }) },
  perModel: {},
  combine({ values: [weights], statistics: [adapter], params, place }, out) {
    out.set(weights as Float32Array)
    const [a, b] = [adapter?.get('loraA'), adapter?.get('loraB')]
    if (!a || !b) return
    const { rowLength, rows, start, elements } = place
    const rank = a.length / rowLength
    if (!Number.isInteger(rank) || b.length !== (elements / rowLength) * rank)
      refuse('LoRA adapter', `was made for another shape of ${place.tensor}`)
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < rank; k++) {
        const factor = params.scale * (b[(start / rowLength + row) * rank + k] as number)
        for (let i = 0; i < rowLength; i++) {
          const at = row * rowLength + i
          out[at] = (out[at] as number) + factor * (a[k * rowLength + i] as number)
        }
      }
  },
})

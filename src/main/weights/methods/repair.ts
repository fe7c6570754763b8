import { defineMergeMethod } from '../method'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'repair',
  title: 'REPAIR',
  summary: 'Gives each unit of a merged model the spread that it had in its parents.',
  help: 'Each row of a matrix is multiplied by its own factor; where it has a bias, that takes up what the factor does to the mean.',
  formula: 'W*[row] = scale[row] · W[row], bias*[row] = bias[row] + shift[row]',
  paper: 'Jordan et al. 2022, arXiv:2211.08403',
  systems: ['repair'],
  base: 'none',
  models: { min: 1, max: 1 },
  of: 'values',
  hasOwnNode: true,
  statistics: { needs: ['scale'], from: 'Use the node Repair units.' },
  params: {},
  perModel: {},
  combine({ values: [weights], statistics: [measured], place }, out) {
    out.set(weights as Float32Array)
    const { rowLength, rows, start, elements, length } = place
    const shift = measured?.get('shift')
    if (shift) {
      if (shift.length !== elements) refuse('REPAIR', `was measured on another shape of ${place.tensor}`)
      for (let i = 0; i < length; i++) out[i] = (out[i] as number) + (shift[start + i] as number)
    }
    const scale = measured?.get('scale')
    if (!scale) return
    if (scale.length * rowLength !== elements) refuse('REPAIR', `was measured on another shape of ${place.tensor}`)
    for (let row = 0; row < rows; row++) {
      const factor = scale[start / rowLength + row] as number
      for (let i = row * rowLength; i < (row + 1) * rowLength; i++) out[i] = factor * (out[i] as number)
    }
  },
})

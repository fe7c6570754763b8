import { addExactProduct } from '../../../shared/wasm/exact-products'
import { defineMergeMethod } from '../method'
import { refuse } from '../settings'

export default defineMergeMethod({
  name: 'surgery',
  title: 'Representation surgery (linear)',
  summary: 'Corrects what flows into a matrix by a linear map, folded into the matrix.',
  help: 'W* = W·M: the matrix reads M·z instead of z.',
  formula: 'W* = W M',
  paper: 'Yang et al. 2024, arXiv:2402.02705',
  systems: ['surgery'],
  base: 'none',
  models: { min: 1, max: 1 },
  of: 'values',
  hasOwnNode: true,
  statistics: { needs: ['map'], from: 'Use the node Operate on representations.' },
  params: {},
  perModel: {},
  combine({ values: [weights], statistics: [measured], place }, out) {
    const own = weights as Float32Array
    const map = measured?.get('map')
    if (!map) return out.set(own)
    const n = place.rowLength
    if (map.length !== n * n) refuse('Surgery', `was measured on another width of ${place.tensor}`)
    const moved = new Float64Array(own.length)
    addExactProduct(
      { values: own, row: n, column: 1 },
      { values: map, row: n, column: 1 },
      { values: moved, row: n, column: 1 },
      {
        rows: own.length / n,
        depth: n,
        columns: n,
      },
    )
    out.set(moved)
  },
})

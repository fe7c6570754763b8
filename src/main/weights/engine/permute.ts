import { blockRowsOf } from '../place'
import type { BlockStep } from './block-step'
import type { PermuteNode } from './plan'

/** A block of a tensor whose rows or columns stand in another order (see `sameAs` for one whose do not). Rows are copied from the blocks that they lie in. */
export function permuteBlock(node: PermuteNode, tensor: number, { place, block, out, get }: BlockStep): void {
  const { start, rowLength, rows, shape } = place
  const order = node.orders[tensor] as NonNullable<PermuteNode['orders'][number]>
  if (order.axis === 'columns') {
    const values = get(node.of, block)
    for (let i = 0; i < out.length; i++) out[i] = values[i - (i % rowLength) + (order.order[i % rowLength] as number)] as number
  } else {
    const first = start / rowLength
    const blockRows = blockRowsOf(shape)
    for (let row = 0; row < rows; row++) {
      const from = order.order[first + row] as number
      const at = (from % blockRows) * rowLength
      out.set(get(node.of, Math.floor(from / blockRows)).subarray(at, at + rowLength), row * rowLength)
    }
  }
}

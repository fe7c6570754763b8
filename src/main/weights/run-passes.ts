import type { Pass } from './method'

/** Sums a pass's blocks in order. `blocks` are tables of one block each, or, for counting passes, of any run of blocks. */
export function addBlocks(size: number, blocks: Iterable<Float64Array>): Float64Array {
  const sums = new Float64Array(size)
  for (const block of blocks) for (let i = 0; i < size; i++) sums[i] = (sums[i] as number) + (block[i] as number)
  return sums
}

/** For `before` passes: block by block, the sums over the blocks in front of it, one after the other in one array. */
export function sumsBefore(size: number, blocks: readonly Float64Array[]): Float64Array {
  const before = new Float64Array(size * blocks.length)
  const running = new Float64Array(size)
  for (const [index, block] of blocks.entries()) {
    before.set(running, index * size)
    for (let i = 0; i < size; i++) running[i] = (running[i] as number) + (block[i] as number)
  }
  return before
}

export const nothing = new Float64Array(0)

/** What block `index` is given of a settled pass. */
export function knownAt(pass: Pick<Pass, 'gives'>, settled: Float64Array, size: number, index: number): Float64Array {
  return pass.gives === 'before' && settled.length > 0 ? settled.subarray(index * size, (index + 1) * size) : settled
}

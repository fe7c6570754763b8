import type { Pass } from './method'

/** Sums a pass's blocks in order. `blocks` are tables of one block each, or, for counting passes, of any run of blocks. */
export function addBlocks(size: number, blocks: Iterable<Float64Array>): Float64Array {
  const sums = new Float64Array(size)
  for (const block of blocks) for (let i = 0; i < size; i++) sums[i] = (sums[i] as number) + (block[i] as number)
  return sums
}

/** For `before` passes: block by block, the sums over the blocks in front of it and then those over all blocks, one after the other in one array. */
export function sumsBefore(size: number, blocks: readonly Float64Array[]): Float64Array {
  const all = addBlocks(size, blocks)
  const before = new Float64Array(2 * size * blocks.length)
  const running = new Float64Array(size)
  for (const [index, block] of blocks.entries()) {
    before.set(running, 2 * index * size)
    before.set(all, (2 * index + 1) * size)
    for (let i = 0; i < size; i++) running[i] = (running[i] as number) + (block[i] as number)
  }
  return before
}

export const nothing = new Float64Array(0)

/** What block `index` is given of a settled pass. */
export function knownAt(pass: Pick<Pass, 'gives'>, settled: Float64Array, size: number, index: number): Float64Array {
  return pass.gives === 'before' && settled.length > 0 ? settled.subarray(2 * index * size, 2 * (index + 1) * size) : settled
}

const sampleStep = 16

/** Whether a pass measures this block: one that is `sampled` takes a few spread over its scope. */
export function isMeasured({ sampled, scope }: Pick<Pass, 'sampled' | 'scope'>, tensor: number, block: number, blocks: number): boolean {
  if (!sampled) return true
  return scope === 'model' ? (tensor + block) % sampleStep === 0 : block % Math.min(sampleStep, Math.max(1, Math.floor(blocks / 4))) === 0
}

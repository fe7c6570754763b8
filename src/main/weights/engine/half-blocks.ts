import { changeOfHalves } from '../kernels/halves'
import { blockRowsOf, type Place, placeOf } from '../place'
import type { Buffers } from './buffers'
import type { OpenFiles } from './open-files'
import { type LoadNode, type Part, type Plan, type PlanTensor, partsOf, sameAs } from './plan'

/** Blocks of BF16 tensors as the words that stand in their files, in this or another order of rows: for what need not widen them first. */
export class HalfBlocks {
  private readonly plan: Plan
  private readonly files: OpenFiles
  private readonly buffers: Buffers
  private readonly standing = new Map<string, boolean>()
  /** blocks that were read for the block in hand, by node, tensor and block */
  private readonly ready = new Map<string, Uint16Array>()

  constructor(plan: Plan, files: OpenFiles, buffers: Buffers) {
    this.plan = plan
    this.files = files
    this.buffers = buffers
  }

  startBlock(): void {
    this.ready.clear()
  }

  /** Whether the words of a tensor stand in a file. */
  stand({ node, tensor }: Part): boolean {
    const key = `${node}/${tensor}`
    const known = this.standing.get(key) ?? this.find(node, tensor)
    this.standing.set(key, known)
    return known
  }

  /** The words of a block of a file that were read already. */
  held(node: number, tensor: number, block: number): Uint16Array | undefined {
    return this.ready.get(`${node}/${tensor}/${block}`)
  }

  /** Fills `out` with what a tensor changes of its base, where both stand as words and there is room; false: it is to be told another way. */
  fillChange(tuned: Part, base: Part, block: number, out: Float32Array): boolean {
    if (!this.stand(tuned) || !this.stand(base)) return false
    return changeOfHalves(this.words(tuned, block), this.words(base, block), out)
  }

  private find(node: number, tensor: number): boolean {
    const at = this.plan.nodes[node] as Plan['nodes'][number]
    const same = sameAs(at, tensor)
    if (same) return this.stand(same)
    if (at.op === 'permute') return at.orders[tensor]?.axis === 'rows' && partsOf(at, tensor).every((part) => this.stand(part))
    if (at.op !== 'load') return false
    const { type, plus = 0, numbers } = at.places[tensor] as LoadNode['places'][number]
    return type === 'BF16' && plus === 0 && numbers === undefined
  }

  /** A block of a tensor that stands so, in vector memory where there is room; never to be written to. */
  words({ node, tensor }: Part, block: number): Uint16Array {
    const at = this.plan.nodes[node] as Plan['nodes'][number]
    const same = sameAs(at, tensor)
    if (same) return this.words(same, block)
    const key = `${node}/${tensor}/${block}`
    const standing = this.ready.get(key)
    if (standing) return standing
    const { name, shape } = at.tensors[tensor] as PlanTensor
    const place = placeOf(name, shape, block)
    const held = this.buffers.take(Math.ceil(place.length / 2))
    const words = new Uint16Array(held.buffer, held.byteOffset, place.length)
    if (at.op === 'load') {
      const { path, offset } = at.places[tensor] as LoadNode['places'][number]
      this.files.readInto(path, offset + 2 * place.start, new Uint8Array(held.buffer, held.byteOffset, 2 * place.length))
    } else if (at.op === 'permute') this.gather(partsOf(at, tensor)[0] as Part, at.orders[tensor]?.order ?? [], place, words)
    this.ready.set(key, words)
    return words
  }

  private gather(from: Part, order: readonly number[], { start, rowLength, rows, shape }: Place, into: Uint16Array): void {
    const blockRows = blockRowsOf(shape)
    for (let row = 0; row < rows; row++) {
      const source = order[start / rowLength + row] as number
      const at = (source % blockRows) * rowLength
      into.set(this.words(from, Math.floor(source / blockRows)).subarray(at, at + rowLength), row * rowLength)
    }
  }
}

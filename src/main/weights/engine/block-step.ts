import type { Place } from '../place'
import type { Child } from './plan'

/** One block of one tensor to be computed from blocks of other nodes. */
export interface BlockStep {
  readonly place: Place
  readonly block: number
  readonly out: Float32Array
  /** a block of a node that this one is made of; not to be written to */
  get(child: Child, block: number): Float32Array
}

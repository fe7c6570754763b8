/** A run of whole rows of one tensor. Blocks are a property of the tensor, not of how work is shared out: sums over blocks are added in block order. */
export interface Place {
  readonly tensor: string
  /** of the whole tensor, innermost first */
  readonly shape: readonly number[]
  /** of the whole tensor */
  readonly elements: number
  readonly rowLength: number
  readonly rows: number
  /** flat index of the first element */
  readonly start: number
  /** number of elements here */
  readonly length: number
}

const blockElements = 65_536

/** Rows a block: as many as fit 65,536 elements, at least one. */
export const blockRowsOf = (shape: readonly number[]): number => Math.max(1, Math.floor(blockElements / (shape[0] ?? 1)))

export const elementsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

export const blockCountOf = (shape: readonly number[]): number => Math.ceil(elementsOf(shape) / ((shape[0] ?? 1) * blockRowsOf(shape)))

export function placeOf(tensor: string, shape: readonly number[], block: number): Place {
  const rowLength = shape[0] ?? 1
  const elements = elementsOf(shape)
  const most = blockRowsOf(shape) * rowLength
  const start = block * most
  const length = Math.min(most, elements - start)
  return { tensor, shape, elements, rowLength, rows: length / rowLength, start, length }
}

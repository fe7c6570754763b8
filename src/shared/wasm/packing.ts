export type Numbers = Float32Array | Float64Array

/** A matrix as it lies in an array: entry (r, c) at `at + r·row + c·column` (`at` neutral: 0). */
export interface Lying<T extends Numbers = Numbers> {
  readonly values: T
  readonly row: number
  readonly column: number
  readonly at?: number
}

/** Rows and columns of a matrix from a place on. */
export interface Part {
  readonly row: number
  readonly column: number
  readonly rows: number
  readonly columns: number
}

export const rounded = (count: number, by: number): number => Math.ceil(count / by) * by

/** Copies a part of a matrix to a loop's memory; what pads it to whole tiles is zero. */
export function pack(
  memory: Numbers,
  to: { readonly from: number; readonly stride: number; readonly rows: number; readonly columns: number },
  { values, row, column, at = 0 }: Lying,
  part: Part,
): void {
  const first = at + part.row * row + part.column * column
  for (let r = 0; r < part.rows; r++) {
    const start = to.from + r * to.stride
    const source = first + r * row
    if (column === 1) memory.set(values.subarray(source, source + part.columns), start)
    else if (row !== 1) for (let c = 0; c < part.columns; c++) memory[start + c] = values[source + c * column] as number
    memory.fill(0, start + part.columns, start + to.columns)
  }
  // a transposed matrix is read along its rows
  if (row === 1 && column !== 1)
    for (let c = 0; c < part.columns; c++) {
      const source = first + c * column
      for (let r = 0; r < part.rows; r++) memory[to.from + r * to.stride + c] = values[source + r] as number
    }
  for (let r = part.rows; r < to.rows; r++) memory.fill(0, to.from + r * to.stride, to.from + r * to.stride + to.columns)
}

/**
 * Adds x·xᵀ of all rows of `values` [rows × width] to the upper triangle of `gram` [width × width]; the rows of one call are summed in float64, in order.
 * Two columns meet four others at a time, so that each number that is fetched is used more than once (twice as fast as row by row).
 */
export function addGram(values: Float32Array, width: number, gram: Float32Array): void {
  const rows = values.length / width
  // one column after the other, and a few empty ones behind for the last tiles
  const columns = new Float64Array((width + 4) * rows)
  for (let r = 0; r < rows; r++) for (let i = 0; i < width; i++) columns[i * rows + r] = values[r * width + i] as number
  const add = (i: number, j: number, sum: number): void => {
    if (i < width && j < width && j >= i) gram[i * width + j] = (gram[i * width + j] as number) + sum
  }
  for (let i = 0; i < width; i += 2)
    for (let j = i; j < width; j += 4) {
      let a = 0
      let b = 0
      let c = 0
      let d = 0
      let e = 0
      let f = 0
      let g = 0
      let h = 0
      const left = i * rows
      const right = left + rows
      const first = j * rows
      const second = first + rows
      const third = second + rows
      const fourth = third + rows
      for (let r = 0; r < rows; r++) {
        const x = columns[left + r] as number
        const y = columns[right + r] as number
        const s = columns[first + r] as number
        const t = columns[second + r] as number
        const u = columns[third + r] as number
        const v = columns[fourth + r] as number
        a += x * s
        b += x * t
        c += x * u
        d += x * v
        e += y * s
        f += y * t
        g += y * u
        h += y * v
      }
      add(i, j, a)
      add(i, j + 1, b)
      add(i, j + 2, c)
      add(i, j + 3, d)
      add(i + 1, j, e)
      add(i + 1, j + 1, f)
      add(i + 1, j + 2, g)
      add(i + 1, j + 3, h)
    }
}

/**
 * The one-to-one assignment of greatest total gain. gain [n × n], row-major → for each row its column. Ties go to the lower column.
 * Successive shortest paths with potentials, O(n³). Jonker and Volgenant 1987.
 */
export function assign(gain: Float64Array, n: number): number[] {
  const rowPotential = new Float64Array(n + 1)
  const columnPotential = new Float64Array(n + 1)
  const rowOf = new Int32Array(n + 1)
  const cameFrom = new Int32Array(n + 1)
  for (let row = 1; row <= n; row++) {
    rowOf[0] = row
    const least = new Float64Array(n + 1).fill(Infinity)
    const used = new Uint8Array(n + 1)
    let column = 0
    do {
      used[column] = 1
      const at = rowOf[column] as number
      let step = Infinity
      let next = 0
      for (let j = 1; j <= n; j++) {
        if (used[j]) continue
        const cost = -(gain[(at - 1) * n + j - 1] as number) - (rowPotential[at] as number) - (columnPotential[j] as number)
        if (cost < (least[j] as number)) {
          least[j] = cost
          cameFrom[j] = column
        }
        if ((least[j] as number) < step) {
          step = least[j] as number
          next = j
        }
      }
      for (let j = 0; j <= n; j++) {
        if (used[j]) {
          rowPotential[rowOf[j] as number] = (rowPotential[rowOf[j] as number] as number) + step
          columnPotential[j] = (columnPotential[j] as number) - step
        } else least[j] = (least[j] as number) - step
      }
      column = next
    } while (rowOf[column] !== 0)
    while (column !== 0) {
      const before = cameFrom[column] as number
      rowOf[column] = rowOf[before] as number
      column = before
    }
  }
  const columns = new Array<number>(n).fill(0)
  for (let j = 1; j <= n; j++) columns[(rowOf[j] as number) - 1] = j - 1
  return columns
}

/**
 * A doubly stochastic matrix near the best assignment: Sinkhorn's scaling of exp(gain / temperature), in logarithms. [n × n] → [n × n], rows and
 * columns sum to 1. As the temperature falls it becomes the assignment. Cuturi 2013; Pena et al. 2023.
 */
export function sinkhorn(gain: Float64Array, n: number, temperature: number, rounds = 200): Float64Array {
  const logs = gain.map((value) => value / temperature)
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < n; i++) normalise(logs, i * n, 1, n)
    let drift = 0
    for (let j = 0; j < n; j++) drift = Math.max(drift, Math.abs(normalise(logs, j, n, n)))
    if (drift < 1e-9) break
  }
  return logs.map(Math.exp)
}

/** Takes the logarithm of the sum from a row or column; gives it. */
function normalise(logs: Float64Array, start: number, stride: number, n: number): number {
  let largest = -Infinity
  for (let k = 0; k < n; k++) largest = Math.max(largest, logs[start + k * stride] as number)
  let sum = 0
  for (let k = 0; k < n; k++) sum += Math.exp((logs[start + k * stride] as number) - largest)
  const log = largest + Math.log(sum)
  for (let k = 0; k < n; k++) logs[start + k * stride] = (logs[start + k * stride] as number) - log
  return log
}

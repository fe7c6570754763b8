import { cholesky } from '../src/main/weights/kernels/cholesky'
import { regressionOf } from '../src/main/weights/kernels/regression'
import { median } from './median'

/**
 * What RegMean solves for one matrix: the factor of a Gram matrix, and rows of two models, a block of a merge at a time; processor seconds, medians.
 * `node bench/run.mjs solve [width] [rows] [rounds]`
 */
export default async function benchSolve([width = '576', rows = '1536', rounds = '5']: readonly string[]): Promise<void> {
  const [n, count] = [Number(width), Number(rows)]
  const numbers = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * i * 0.7 + phase))
  const grams = [1, 2].map((phase) => {
    const gram = numbers(n * n, phase)
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) gram[i * n + j] = gram[j * n + i] as number
    for (let i = 0; i < n; i++) gram[i * n + i] = n
    return gram
  })
  const values = [numbers(count * n, 3), numbers(count * n, 4)]
  const block = Math.max(1, Math.floor(65_536 / n)) * n
  const [factored, solved]: [number[], number[]] = [[], []]
  for (let round = 0; round < Number(rounds); round++) {
    const square = Float64Array.from(grams[0] as Float32Array)
    const regression = regressionOf(grams, [1, 1], n, 0.9)
    let before = process.cpuUsage()
    cholesky(square, n)
    factored.push(process.cpuUsage(before).user / 1e6)
    before = process.cpuUsage()
    for (let at = 0; at < count * n; at += block) {
      const part = values.map((all) => all.subarray(at, Math.min(all.length, at + block)))
      regression?.solve(part, new Float32Array(part[0]?.length ?? 0))
    }
    solved.push(process.cpuUsage(before).user / 1e6)
  }
  const billions = (2 * count * n * n) / 1e9
  const each = median(solved)
  console.log(`factor of ${n} columns ${median(factored).toFixed(3)} s`)
  console.log(`${rows} rows of two models ${each.toFixed(3)} s: ${(billions / each).toFixed(1)} billion products and sums a second`)
}

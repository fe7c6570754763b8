import type { Kernel } from '../src/main/decoding/kernel/kernel'
import { plainKernel } from '../src/main/decoding/kernel/plain'
import { createSimdKernel } from '../src/main/decoding/kernel/simd'

/**
 * What the loops over a vocabulary cost, beside what memory sets for the bytes that they read and write (its bandwidth as the copy of a row has it): the
 * tenth percentile of many runs (other work only adds), microseconds a row.
 * `node bench/run.mjs kernel`
 */
export default function benchKernels(): void {
  const simd = createSimdKernel(64 * 2 ** 20)
  for (const size of [49_152, 262_144]) {
    console.log(`\nvocabulary ${size.toLocaleString('en')}: µs a row, GB/s of float32 read and written, times what memory alone would take`)
    for (const kernel of [plainKernel, simd]) if (kernel !== undefined) report(kernel, size)
  }
}

function report(kernel: Kernel, size: number): void {
  const [a, b, c, out] = kernel.allocate(4, size) as [Float32Array, Float32Array, Float32Array, Float32Array]
  for (const [seed, row] of [a, b, c].entries()) for (let v = 0; v < size; v++) row[v] = 12 * Math.sin((v + 1) * (seed + 1.37)) - 4
  const max = kernel.maximum(a)
  const maxima = [a, b, c].map((row) => kernel.maximum(row))
  const bytes = size * 4
  const rows: readonly [string, number, () => void][] = [
    ['copy', 2 * bytes, () => out.set(a)],
    ['maximum', bytes, () => kernel.maximum(a)],
    ['log-sum-exp', bytes, () => kernel.logSumExp(a, max)],
    ['entropy', bytes, () => kernel.moments(a, max)],
    ['softmax weights', 2 * bytes, () => kernel.exponentials(a, max, 1, out)],
    ['offset of 3 rows', 4 * bytes, () => kernel.combine([a, b, c], [1, 1, -1], out)],
    ['mixture of 2 rows', 3 * bytes, () => kernel.mixture([a, b], maxima, [0.5, 0.5], out)],
    ['mixture of 3 rows', 4 * bytes, () => kernel.mixture([a, b, c], maxima, [0.4, 0.3, 0.3], out)],
  ]
  let bandwidth = 0
  for (const [name, moved, work] of rows) {
    const ms = quickest(work)
    if (name === 'copy') bandwidth = moved / ms
    const figures = [(1000 * ms).toFixed(1), (moved / ms / 1e6).toFixed(2), (ms / (moved / bandwidth)).toFixed(1)]
    console.log(`${kernel.name.padEnd(6)} ${name.padEnd(18)}${figures.map((figure) => figure.padStart(10)).join('')}`)
  }
  kernel.release([a, b, c, out])
}

/** Milliseconds at the tenth percentile, after a warm-up. */
function quickest(work: () => void): number {
  const times: number[] = []
  const end = performance.now() + 400
  while (performance.now() < end || times.length < 20) {
    const start = performance.now()
    work()
    times.push(performance.now() - start)
  }
  times.splice(0, Math.floor(times.length / 4)) // the warm-up
  return times.sort((x, y) => x - y)[Math.floor(times.length / 10)] as number
}

import type { Kernel } from './kernel'
import { plainKernel } from './plain'
import { createSimdKernel } from './simd'

/** Address space for rows: some 250 rows of the largest vocabularies. What is not used is never touched; when it is full, rows fall back to plain memory. */
const rowBytes = 256 * 2 ** 20

/** The kernel in use. It is made at its first use: a process that decodes nothing pays nothing. */
export let kernel: Kernel = new Proxy(plainKernel, { get: (_, name) => make()[name as keyof Kernel] })

function make(): Kernel {
  kernel = createSimdKernel(rowBytes) ?? plainKernel
  return kernel
}

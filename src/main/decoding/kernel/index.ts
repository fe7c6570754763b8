import type { Kernel } from './kernel'
import { plainKernel } from './plain'
import { createSimdKernel } from './simd'

/** Address space for rows: some 250 rows of the largest vocabularies. What is not used is never touched; when it is full, rows fall back to plain memory. */
const rowBytes = 256 * 2 ** 20

/** The kernel in use. */
export const kernel: Kernel = createSimdKernel(rowBytes) ?? plainKernel

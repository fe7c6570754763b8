import type { Kernel } from './kernel'
import { plainKernel } from './plain'

/** The kernel in use. */
export const kernel: Kernel = plainKernel

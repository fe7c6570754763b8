import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'

/**
 * Cores that compute: threads of one core share its arithmetic units, so more threads than cores make a decode slower. Read from Linux' own
 * description of processors; elsewhere half of what the system offers when it offers more than four. Never more than this process may use.
 */
export function physicalCores(): number {
  const offered = availableParallelism()
  const counted = process.platform === 'linux' ? countCores(readText('/proc/cpuinfo')) : undefined
  const estimate = counted ?? (process.platform === 'darwin' || offered <= 4 ? offered : Math.floor(offered / 2))
  return Math.max(1, Math.min(offered, estimate))
}

/** Distinct (package, core) pairs of a /proc/cpuinfo; undefined where it does not say. */
export function countCores(cpuinfo: string): number | undefined {
  const cores = new Set<string>()
  for (const block of cpuinfo.split(/\n\s*\n/)) {
    const core = /^core id\s*:\s*(\d+)/m.exec(block)?.[1]
    if (core !== undefined) cores.add(`${/^physical id\s*:\s*(\d+)/m.exec(block)?.[1] ?? '0'}/${core}`)
  }
  return cores.size > 0 ? cores.size : undefined
}

/** Numbers of the processors that this process may use, ascending; empty where the system does not say. */
export const allowedProcessors = (): number[] => (process.platform === 'linux' ? parseAllowed(readText('/proc/self/status')) : [])

/** The list of a /proc/self/status, such as `0-3,8`. */
export function parseAllowed(status: string): number[] {
  const list = /^Cpus_allowed_list:\s*([\d,-]+)$/m.exec(status)?.[1] ?? ''
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    return range === '' ? [] : Array.from({ length: (last as number) - (first as number) + 1 }, (_, i) => (first as number) + i)
  })
}

/** Four fifths of the memory that this process may use (a container's limit where there is one). */
export function memoryBudget(): number {
  const constrained = process.constrainedMemory()
  const total = constrained > 0 && constrained < totalmem() ? constrained : totalmem()
  return Math.floor(0.8 * total)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

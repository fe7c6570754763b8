import { hash } from 'node:crypto'

/** A uint32 drawn from a seed and a path by hashing: equal arguments give equal seeds, other paths give unrelated ones. */
export function deriveSeed(seed: number, path: string): number {
  return Number.parseInt(hash('sha256', `${seed}:${path}`, 'hex').slice(0, 8), 16)
}

export interface SeedPlace {
  /** what the document says; null: derived from the run; absent: 0 */
  readonly seed: number | null | undefined
  readonly runSeed: number
  readonly path: string
  /** ids and item numbers of the maps and loops around the node; empty at the top */
  readonly itemPath: string
}

export function seedOf({ seed, runSeed, path, itemPath }: SeedPlace): number {
  if (seed === null) return deriveSeed(runSeed, path)
  return itemPath === '' ? (seed ?? 0) : deriveSeed(seed ?? 0, itemPath)
}

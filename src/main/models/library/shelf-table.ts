import type { Json } from '../../../shared/json'

/** What the shelf remembers of a model file. The store keeps these rows (`store/models.ts` has this very shape); a test keeps them in memory. */
export interface ShelfRow {
  readonly sha256: string
  readonly path: string
  readonly sizeBytes: number
  /** modification time when it was hashed: with path and size it tells whether the hash still holds */
  readonly modifiedMs: number
  readonly name: string
  readonly catalog?: string
  readonly origin: string
  readonly facts: Json
  readonly recipe?: Json
  readonly addedAt: number
  readonly usedAt?: number
}

export interface ShelfTable {
  put(row: ShelfRow): void
  get(sha256: string): ShelfRow | undefined
  byPath(path: string): ShelfRow | undefined
  list(): readonly ShelfRow[]
  markUsed(sha256: string, at: number): void
  remove(sha256: string): void
}

export function memoryShelfTable(): ShelfTable {
  const rows = new Map<string, ShelfRow>()
  return {
    put: (row) => void rows.set(row.sha256, row),
    get: (sha256) => rows.get(sha256),
    byPath: (path) => [...rows.values()].filter((row) => row.path === path).sort((a, b) => b.addedAt - a.addedAt)[0],
    list: () => [...rows.values()],
    markUsed: (sha256, usedAt) => {
      const row = rows.get(sha256)
      if (row) rows.set(sha256, { ...row, usedAt })
    },
    remove: (sha256) => void rows.delete(sha256),
  }
}

import { give, takeDoubles } from '../kernels/vector/memory'

/** Tables that counting passes fill over many jobs of a thread, until they are collected. Their memory is the thread's own and stays. */
export class CountTables {
  private readonly tables = new Map<string, Float64Array>()

  /** The table of this key; zeros at first. */
  of(key: string, size: number): Float64Array {
    const standing = this.tables.get(key) ?? takeDoubles(size)
    this.tables.set(key, standing)
    return standing
  }

  /** A copy of what was counted, which is then forgotten; undefined where nothing was. */
  collect(key: string): Float64Array | undefined {
    const table = this.tables.get(key)
    this.tables.delete(key)
    if (table === undefined) return undefined
    const copy = table.slice()
    give(table)
    return copy
  }

  /** May be called again: nothing is given back twice. */
  close(): void {
    for (const table of this.tables.values()) give(table)
    this.tables.clear()
  }
}

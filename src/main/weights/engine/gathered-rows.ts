import type { Place } from '../place'
import { gatherRow, meanOf } from './gather-rows'
import type { RowPart, RowsNode } from './plan'

/** What reads rows of other nodes: a worker of blocks. */
export interface RowReader {
  rowOf(node: number, tensor: number, row: number): Float32Array
  startBlock(): void
  close(): void
}

/** Tensors whose rows come from elsewhere: a new vocabulary's embeddings. `fresh` makes a reader of its own for what reads very many rows. */
export class GatheredRows {
  /** of padding rows, by node and tensor */
  private readonly means = new Map<string, Float32Array>()

  constructor(
    private readonly reader: RowReader,
    private readonly fresh: () => RowReader,
  ) {}

  fill(node: RowsNode, index: number, tensor: number, { start, rowLength, rows }: Place, out: Float32Array): void {
    const parts = node.rows[tensor] ?? []
    const first = start / rowLength
    for (let row = 0; row < rows; row++) {
      const into = out.subarray(row * rowLength, (row + 1) * rowLength)
      const part = parts[first + row] as RowPart
      if (part === 'mean') into.set(this.meanRow(node, index, tensor, rowLength))
      else gather(this.reader, node, tensor, part, into)
    }
  }

  /** Of all rows that are no padding, a row at a time; computed once a thread. */
  private meanRow(node: RowsNode, index: number, tensor: number, rowLength: number): Float32Array {
    const key = `${index}/${tensor}`
    const standing = this.means.get(key)
    if (standing) return standing
    const parts = (node.rows[tensor] ?? []).filter((part) => part !== 'mean')
    // blocks that are read on the way would else all stay until the block in hand is done
    const reader = this.fresh()
    try {
      const mean = meanOf(parts.length, rowLength, (at, into) => {
        if (at % 64 === 0) reader.startBlock()
        gather(reader, node, tensor, parts[at] as Exclude<RowPart, 'mean'>, into)
      })
      this.means.set(key, mean)
      return mean
    } finally {
      reader.close()
    }
  }
}

function gather(reader: RowReader, node: RowsNode, tensor: number, part: Exclude<RowPart, 'mean'>, into: Float32Array): void {
  gatherRow(typeof part === 'number' ? [{ node: node.of.node, tensor: node.of.tensors[tensor] as number, row: part }] : part, into, (of) =>
    reader.rowOf(of.node, of.tensor, of.row),
  )
}

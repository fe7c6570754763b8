import { plainCodec } from '../convert/codec'
import { inTurns } from '../in-turns'
import { pursue, type SparseSum } from '../kernels/pursuit'
import { refuse } from '../settings'
import { BlockWorker } from './block-worker'
import type { Derived } from './derived'
import type { RowOf } from './plan'

/** A tensor with one row a token, of one model, and where each of its tokens stands. */
export interface TokenRows {
  readonly node: number
  readonly tensor: number
  readonly rowOf: ReadonlyMap<string, number>
}

/** Products and sums that are the most for one tensor: minutes. */
const mostSteps = 2e12

/**
 * Rows for tokens that a model lacks, out of its own: in the donor, the row of such a token is put together of rows whose tokens both have (orthogonal matching
 * pursuit), and the same sum is then taken of the model's own rows. Embeddings of unlike models need not lie alike for that. Follows MergeKit's token surgeon.
 * `missing`: rows of the donor. Gives a sum for each; empty where the donor's row is zero. Other work has its turn in between.
 */
export async function approximateRows(
  derived: Derived,
  own: TokenRows,
  donor: TokenRows,
  missing: readonly number[],
  most: number,
): Promise<RowOf[][]> {
  const shared = [...donor.rowOf].flatMap(([token, row]) => {
    const place = own.rowOf.get(token)
    return place === undefined ? [] : [{ row, place }]
  })
  const n = derived.nodes[donor.node]?.tensors[donor.tensor]?.shape[0] ?? 1
  if (shared.length === 0) refuse('The tokenizer', 'cannot put tokens together: the models have none in common')
  const steps = missing.length * Math.min(most, shared.length) * shared.length * n
  if (steps > mostSteps)
    refuse(
      'The tokenizer',
      `would put ${missing.length} tokens together out of ${shared.length}, which takes ${Math.ceil(steps / 5e11)} minutes and more`,
      'Lower the number of rows, or leave out tokens that the result does not need.',
    )
  const atoms = shared.map(({ row }) => row)
  const sums = await derived.once('token-sums', [donor], { atoms, missing, most }, () => sumsOf(derived, donor, missing, atoms, n, most))
  return sums.map(({ picks, weights }) =>
    picks.map((pick, at) => ({ node: own.node, tensor: own.tensor, row: shared[pick]?.place as number, weight: weights[at] as number })),
  )
}

async function sumsOf(
  { nodes }: Derived,
  donor: TokenRows,
  missing: readonly number[],
  atoms: readonly number[],
  n: number,
  most: number,
): Promise<SparseSum[]> {
  const worker = new BlockWorker({ nodes, root: donor.node, blocks: 0 }, plainCodec)
  try {
    const rows = worker.whole(donor.node, donor.tensor)
    const gathered = (of: readonly number[]): Float32Array => {
      const all = new Float32Array(of.length * n)
      for (const [at, row] of of.entries()) all.set(rows.subarray(row * n, (row + 1) * n), at * n)
      return all
    }
    return await inTurns(pursue(gathered(missing), gathered(atoms), n, most))
  } finally {
    worker.close()
  }
}

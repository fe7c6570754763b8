import { TributaryError } from '../../../shared/errors'
import type { WeightsExpression } from '../../../shared/expression'
import type { ModelRef } from '../../../shared/value'
import type { RunContext } from '../../node-runtime'
import { matricesOf } from '../../weights/adapters/adapter'
import { writeGgufAdapter } from '../../weights/adapters/gguf-adapter'
import { refuse } from '../../weights/settings'
import { decodeTable } from '../../weights/statistics/table'
import { continuationOf } from './continuation'
import { reportOf } from './extract-lora'
import { madeBy } from './made'
import { withModelOf } from './measuring'
import type { Row } from './objectives'

export interface AdaptersAsked {
  readonly models: readonly WeightsExpression[]
  readonly base: WeightsExpression
  readonly rank: number
  /** go on where an adapter keeps less than nine tenths of what its model learnt */
  readonly force: boolean
}

/** The loss of base + Σ weightᵢ·(modelᵢ − base) on rows, in nats a token, without a file being written. */
export type LossByWeights = (weights: readonly number[], rows: readonly Row[]) => Promise<number>

export interface Adapted {
  readonly lossOf: LossByWeights
  /** share of the squared change that each adapter keeps */
  readonly kept: readonly number[]
}

const leastKept = 0.9

/**
 * Takes each model's difference from the base apart into an adapter once and lends them to `use`; a candidate is then the base in memory with other scales. Exact for
 * fine-tunings of at most this rank; else an approximation, refused below 0.9 of the squared change. What changed in norms stays at the base.
 */
export async function withAdapters<T>(
  { models, base, rank, force }: AdaptersAsked,
  context: RunContext,
  use: (adapted: Adapted) => Promise<T>,
): Promise<T> {
  return withModelOf(base, context, async (ancestor) => {
    const architecture = (await context.weights.outline?.({ op: 'load', model: ancestor }, context.blobs))?.architecture
    const paths: string[] = []
    const kept: number[] = []
    const lend = async (left: readonly WeightsExpression[]): Promise<T> => {
      const [next, ...rest] = left
      if (next === undefined) return use({ lossOf: (weights, rows) => lossWith(ancestor, paths, weights, rows, context), kept })
      const { bytes, share, name } = await extracted(next, ancestor, rank, architecture, context)
      if (share < leastKept && !force)
        refuse(
          'Search by adapters',
          `would judge ${name} by an adapter that keeps ${Math.round(100 * share)} % of what it learnt`,
          'Raise the rank, force it, or judge merged files.',
        )
      kept.push(share)
      return lendFile(context)(name, bytes, async (path) => {
        paths.push(path)
        return lend(rest)
      })
    }
    return lend(models)
  })
}

function lendFile({ weights: { withFile } }: RunContext): NonNullable<RunContext['weights']['withFile']> {
  if (withFile === undefined) throw new TributaryError('model-unsupported', 'Adapters cannot be tried here.')
  return withFile
}

async function extracted(weights: WeightsExpression, base: ModelRef, rank: number, architecture: string | undefined, context: RunContext) {
  const { extract, outline } = context.weights
  if (extract === undefined || outline === undefined) throw new TributaryError('model-unsupported', 'Adapters cannot be extracted here.')
  const widths = new Map((await outline(weights, context.blobs)).tensors.map(({ name, shape }) => [name, shape[0]]))
  const asked = { base, rank, energy: 1, outer: true, seed: context.seed, made: madeBy('search-coefficients', { params: { rank } }) }
  const found = await withModelOf(
    weights,
    context,
    (tuned) => extract({ tuned, ...asked }, { signal: context.signal, onProgress: () => undefined }),
    'F32',
  )
  const matrices = matricesOf(decodeTable(found.bytes), (matrix) => widths.get(matrix))
  const name = weights.op === 'load' ? weights.model.name : 'a merged model'
  return { bytes: writeGgufAdapter({ matrices, architecture }, name), share: reportOf(found).kept, name }
}

async function lossWith(
  base: ModelRef,
  paths: readonly string[],
  weights: readonly number[],
  rows: readonly Row[],
  context: RunContext,
): Promise<number> {
  const opened = await context.models.open(base)
  if (opened.statistics === undefined)
    throw new TributaryError('model-unsupported', `"${base.name}" runs elsewhere: adapters cannot be worked into it.`)
  const texts = rows.map(({ prompt, answer }) => ({
    prompt: { kind: 'text' as const, text: prompt },
    continuation: continuationOf(prompt, answer),
  }))
  const adapters = paths.map((path, index) => ({ path, scale: weights[index] ?? 0 }))
  const { nats, scored } = await opened.statistics({ texts, adapters }, context.models.call)
  return nats / Math.max(1, scored)
}

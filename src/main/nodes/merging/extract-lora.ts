import { TributaryError } from '../../../shared/errors'
import type { ModelRef, StatisticsRef } from '../../../shared/value'
import { defineNode, type ExtractFound } from '../../node-runtime'
import { madeBy } from './made'
import { withModelOf } from './measuring'

/** What a fine-tuned model learnt, as a small adapter of its base. */
export default defineNode(
  {
    type: 'extract-lora',
    version: 1,
    title: 'Extract LoRA',
    family: 'merging',
    formula:
      'θ_tuned − θ_base ≈ B A: the largest singular values of each matrix, {rank} at most, until {energy} of the squared change is kept',
    summary: 'Turns the difference between a tuned model and its base into a low-rank adapter.',
    help: `The change of every matrix is taken apart by singular values; the largest ones, up to *Rank*, stay: no product of that rank comes nearer. Where fewer suffice for *Energy* (the share of the squared change that is kept), fewer are taken.

An adapter holds products of matrices alone. What changed in norms is left out, and so are embedding and head unless *Embedding and head* is on. The report tells the error of every matrix and what was left out, as shares of the whole change. A full fine-tuning is seldom of low rank: look at the error, and try the result with *Apply LoRA*.`,
    synonyms: ['svd', 'low rank', 'adapter', 'peft', 'compress', 'task vector'],
    survey: '3',
    paper: 'Hu et al. 2021, arXiv:2106.09685; Goddard et al. 2024, arXiv:2403.13257',
    inputs: {
      tuned: { wire: 'weights', arity: 'one', summary: 'the model that learnt' },
      base: { wire: 'weights', arity: 'one', summary: 'the model that it was tuned from' },
    },
    outputs: {
      adapter: { wire: 'statistics', summary: 'for Apply LoRA or Write adapter' },
      report: { wire: 'json', summary: 'rank and relative error of every matrix, and what was left out' },
    },
    params: {
      rank: { kind: 'number', default: 16, min: 1, max: 512, integer: true, title: 'Rank', summary: 'the largest rank of a matrix' },
      energy: {
        kind: 'number',
        default: 1,
        min: 0.01,
        max: 1,
        step: 0.01,
        title: 'Energy',
        summary: 'the share of the squared change of a matrix that is enough; 1: the whole rank',
      },
      outer: {
        kind: 'boolean',
        default: false,
        title: 'Embedding and head',
        summary: 'adapt these two matrices as well',
      },
    },
    effect: 'pure',
    resource: 'merge',
    stochastic: true,
    face: 'rank',
  },
  async ({ inputs: { tuned, base }, params, context }) => {
    const { extract } = context.weights
    if (extract === undefined) throw new TributaryError('model-unsupported', 'Adapters cannot be extracted here.')
    const models = [tuned, base].map((weights) => (weights.op === 'load' ? weights.model.name : 'merged'))
    const asked = {
      rank: params.rank,
      energy: params.energy,
      outer: params.outer,
      seed: context.seed,
      made: madeBy('extract-lora', { params, models, seed: context.seed }),
    }
    const call = { signal: context.signal, onProgress: (done: number, total: number) => context.progress(done, total, 'tensors') }
    const between = (own: ModelRef, ancestor: ModelRef) => extract({ tuned: own, base: ancestor, ...asked }, call)
    // what is merged first is held in full precision: rounding is noise of full rank
    const found = await withModelOf(tuned, context, (own) => withModelOf(base, context, (ancestor) => between(own, ancestor), 'F32'), 'F32')
    for (const warning of found.warnings) context.warn(warning)
    const report = reportOf(found)
    const adapter: StatisticsRef = {
      blob: await context.blobs.put(found.bytes),
      model: models[0] ?? 'merged',
      quantities: ['loraA', 'loraB'],
      texts: 0,
      tokens: 0,
      approximation: `Keeps ${Math.round(1000 * report.kept) / 10} % of the squared change.`,
    }
    return { adapter, report }
  },
)

/** Shares of the whole squared change: kept by the products, missed by them, and in tensors that have none. */
export function reportOf({ matrices, left }: Pick<ExtractFound, 'matrices' | 'left'>) {
  const square = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0)
  const missed = square(matrices.map(({ error }) => error))
  const leftOut = square(left.map(({ change }) => change))
  const adapted = square(matrices.map(({ change }) => change))
  const whole = adapted + leftOut || 1
  return {
    kept: (adapted - missed) / whole,
    missed: missed / whole,
    leftOut: leftOut / whole,
    matrices: matrices.map(({ matrix, rank, change, error }) => ({ matrix, rank, relativeError: change > 0 ? error / change : 0 })),
    tensorsLeftOut: left.map(({ tensor, change }) => ({ tensor, change })),
  }
}

import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { defineNode } from '../../node-runtime'
import { averageQuality, type CostQuality, qualityHull } from '../../ranking/records'

/** Cost against quality of routers, in one number. */
export default defineNode(
  {
    type: 'router-scores',
    version: 1,
    title: 'Router scores',
    family: 'ensemble',
    survey: '4.1',
    paper: 'Hu et al. 2024, arXiv:2403.12031',
    summary: 'Says how much quality a router gives for its cost, in one number and as a curve.',
    help: [
      'Each row of the table is one setting of a router (or one model): what it cost and how good it was, as means over questions. The curve is the best that settings, and mixtures of them, reach at each cost; its mean height is the *average improvement in quality* (AIQ).',
      '',
      'Compare a router’s AIQ with that of the single models alone: a router that is not above it is worth nothing, since mixing the models at random would do as well.',
    ].join('\n'),
    synonyms: ['RouterBench', 'AIQ', 'Pareto', 'cost', 'quality', 'benchmark', 'convex hull'],
    systems: ['routerbench'],
    inputs: { dataset: { wire: 'dataset', arity: 'one', summary: 'rows with a cost and a quality' } },
    outputs: {
      aiq: { wire: 'number', title: 'AIQ', summary: 'mean quality along the curve' },
      curve: { wire: 'json', summary: 'the corners of the curve, cheapest first' },
    },
    params: {
      cost: { kind: 'text', default: 'cost', summary: 'the column with costs' },
      quality: { kind: 'text', default: 'quality', summary: 'the column with qualities' },
    },
    effect: 'pure',
    resource: 'cpu',
  },
  ({ inputs: { dataset }, params }) => {
    const points = dataset.rows.map((row, index): CostQuality => {
      const [cost, quality] = [row[params.cost], row[params.quality]].map((value) =>
        typeof value === 'string' && value.trim() !== '' ? Number(value) : value,
      )
      if (typeof cost === 'number' && typeof quality === 'number' && Number.isFinite(cost) && Number.isFinite(quality))
        return { cost, quality }
      throw new TributaryError('input-type', `Row ${index + 1} has no number for cost or quality.`, {
        hint: `The columns are: ${dataset.columns.join(', ')}.`,
        place: { port: 'dataset' },
      })
    })
    if (points.length === 0) throw new TributaryError('data-empty', 'The table has no rows.', { place: { port: 'dataset' } })
    return { aiq: averageQuality(points), curve: qualityHull(points) as unknown as Json }
  },
)

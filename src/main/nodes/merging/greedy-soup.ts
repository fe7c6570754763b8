import type { WeightsExpression } from '../../../shared/expression'
import { defineNode, type RunContext } from '../../node-runtime'
import { refuse } from '../../weights/settings'
import { onScratch } from './measuring'
import { answersOf, lossOfWeights, objectiveParam, type Row } from './objectives'
import { Rejected } from './rejected'
import { searchedRows, searchedRowsParams, searchRecord } from './searched-rows'

/** Keeps only the ingredients that do not hurt on held-out rows. */
export default defineNode(
  {
    type: 'greedy-soup',
    version: 1,
    title: 'Greedy soup',
    family: 'merging',
    summary: 'Averages only those models that do not hurt on held-out rows.',
    help: `Every model is judged on its own; then, from the best on, each is added to the average and stays if the average does not get worse. On the rows it judges by, the result is never worse than the best single model.

A model that cannot be averaged with the others, or whose loss is no number, is passed over, and the report says why.

With *ties count* off a model must make the average strictly better to stay. Cost: one evaluation a model, and one merge and evaluation for each further model. *DiWA* is this with diverse runs of one ancestor; *Disagreement* tells how diverse they are (each model then also answers every row).`,
    synonyms: ['model soup', 'diwa', 'select models', 'average the best'],
    survey: '3',
    paper: 'Wortsman et al. 2022, arXiv:2203.05482; Rame et al. 2022, arXiv:2205.09739',
    systems: ['model-soup-greedy', 'diwa'],
    inputs: {
      models: { wire: 'weights', arity: 'some', summary: 'fine-tunings of one ancestor' },
      data: { wire: 'dataset', arity: 'one', summary: 'held-out prompts and answers' },
    },
    outputs: {
      weights: { wire: 'weights', summary: 'the average of the models that stayed' },
      report: { wire: 'json', summary: 'losses of all models, and which stayed' },
    },
    params: {
      objective: objectiveParam,
      accept: { kind: 'boolean', default: true, title: 'Ties count', summary: 'a model that leaves the average as good as it was stays' },
      disagreement: {
        kind: 'boolean',
        default: false,
        advanced: true,
        title: 'Disagreement',
        summary: 'tell for each two models how often they answer differently: averages gain most from models that err in different places',
      },
      ...searchedRowsParams,
    },
    effect: 'pure',
    resource: 'model',
  },
  async ({ inputs: { models, data }, params, context }) => {
    const rows = searchedRows(data, params)
    const steps = models.length * 2 - 1
    let done = 0
    context.progress(done, steps, 'evaluations')
    const rejected = new Rejected()
    const reasons: { model: number; why: string }[] = []
    const judge = async (weights: WeightsExpression, model: number, on: RunContext): Promise<number> => {
      const { loss, why } = await rejected.judge(() => lossOfWeights(weights, rows, params.objective, on))
      if (why !== undefined) reasons.push({ model, why })
      context.progress(++done, steps, 'evaluations')
      return loss
    }
    const alone: number[] = []
    for (const [index, model] of models.entries()) alone.push(await judge(model, index, context))
    const order = alone
      .flatMap((loss, index) => (Number.isFinite(loss) ? [index] : []))
      .sort((a, b) => (alone[a] as number) - (alone[b] as number) || a - b)
    if (order.length === 0) {
      rejected.tell(0, context)
      refuse('Greedy soup', 'could judge none of its models: every loss is no number', 'Judge by other rows, or by likelihood.')
    }
    let kept = [order[0] as number]
    let best = alone[kept[0] as number] as number
    await onScratch(context, async (scratch) => {
      for (const next of order.slice(1)) {
        const loss = await judge(averageOf([...kept, next].map((index) => models[index] as WeightsExpression)), next, scratch)
        if (params.accept ? loss <= best : loss < best) {
          kept = [...kept, next]
          best = loss
        }
      }
    })
    rejected.tell(done - reasons.length, context)
    const search = searchRecord('greedy-soup', { objective: params.objective, tried: done, best, data, rows })
    const disagreement = params.disagreement ? { disagreement: await disagreements(models, rows, context) } : {}
    return {
      weights: { ...averageOf(kept.map((index) => models[index] as WeightsExpression)), search },
      report: {
        alone: alone.map((loss) => (Number.isFinite(loss) ? loss : null)),
        kept,
        loss: best,
        ...(reasons.length > 0 ? { rejected: reasons } : {}),
        ...disagreement,
      },
    }
  },
)

/** Of each two models, the share of rows to which they answer differently. Rame et al. 2022, arXiv:2205.09739. */
async function disagreements(models: readonly WeightsExpression[], rows: readonly Row[], context: RunContext): Promise<number[][]> {
  const answers: string[][] = []
  for (const model of models) answers.push(await answersOf(model, rows, context))
  return answers.map((own) => answers.map((other) => own.filter((answer, row) => answer !== other[row]).length / rows.length))
}

const averageOf = (models: readonly WeightsExpression[]): Extract<WeightsExpression, { op: 'merge' }> => ({
  op: 'merge',
  method: 'average',
  models: models.map((weights) => ({ weights, params: {} })),
  params: {},
  seed: 0,
})

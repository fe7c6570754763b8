import { z } from 'zod'
import type { WeightsExpression } from '../../../shared/expression'
import { jsonValue } from '../../../shared/json-schema'
import { defineNode } from '../../node-runtime'
import { weightsCatalog } from '../../weights/catalog'
import { refuse } from '../../weights/settings'

const units = z.array(z.array(z.array(z.number().int().nonnegative()).max(65_536)).max(65_536)).max(512)
const stepSchema = z.discriminatedUnion('op', [
  z.object({ op: z.literal('zip'), groups: units }),
  z.object({
    op: z.literal('experts'),
    router: z.array(z.array(z.array(z.number()).max(65_536)).max(64)).max(512),
    used: z.number().int().min(1).max(64),
  }),
  z.object({ op: z.literal('merge'), method: z.string().max(64), params: z.record(z.string().max(64), jsonValue) }),
])
export type KeptStep = z.infer<typeof stepSchema>

/** A step of a recipe whose measured numbers stay as they were found. */
export default defineNode(
  {
    type: 'kept-step',
    version: 1,
    title: 'Kept step',
    family: 'merging',
    summary:
      'A step of an opened recipe with the numbers that were measured for it: which units are joined, how experts are chosen, a correction.',
    help: 'Nodes such as *Zip models*, *Mixture of experts*, *Repair units* and *Operate on representations* measure models before they merge them. A merged file keeps what they found; this node repeats the step with it, without measuring again. Put the node itself in its place to measure anew.',
    synonyms: ['recipe', 'zip', 'experts', 'repair', 'surgery'],
    survey: '3',
    inputs: {
      models: { wire: 'weights', arity: 'some', summary: 'the models of the step, in their order' },
      statistics: { wire: 'statistics', arity: 'many', summary: 'what was measured, where it lies in a table' },
    },
    outputs: { weights: { wire: 'weights', summary: 'the result of the step' } },
    params: { step: { kind: 'json', default: {}, title: 'Step', summary: 'the operation and its numbers' } },
    effect: 'pure',
    resource: 'cpu',
  },
  ({ inputs: { models, statistics }, params }) => {
    const parsed = stepSchema.safeParse(params.step)
    return {
      weights: parsed.success ? repeated(parsed.data, models, statistics[0]?.blob) : refuse('Kept step', 'holds no step of a recipe'),
    }
  },
)

function repeated(step: KeptStep, models: readonly WeightsExpression[], statistics: string | undefined): WeightsExpression {
  const [first, second, ...more] = models
  switch (step.op) {
    case 'zip':
      if (first === undefined || second === undefined || more.length > 0)
        return refuse('Kept step', `zips two models, and has ${models.length}`)
      return { op: 'zip', models: [first, second], groups: step.groups }
    case 'experts':
      if (first === undefined || second === undefined) return refuse('Kept step', 'needs the shared model and its experts')
      return { op: 'experts', shared: first, experts: models.slice(1), router: step.router, used: step.used }
    case 'merge':
      if (!weightsCatalog().method(step.method)?.hasOwnNode)
        return refuse('Kept step', `"${step.method}" is no step with a node of its own`)
      if (first === undefined || second !== undefined) return refuse('Kept step', `changes one model, and has ${models.length}`)
      return {
        op: 'merge',
        method: step.method,
        models: [{ weights: first, params: {}, ...(statistics === undefined ? {} : { statistics }) }],
        params: step.params,
        seed: 0,
      }
    default:
      return step satisfies never
  }
}

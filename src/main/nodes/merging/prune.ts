import type { WeightsExpression } from '../../../shared/expression'
import { defineNode } from '../../node-runtime'
import { weightsCatalog } from '../../weights/catalog'
import type { AnyMethod } from '../../weights/method'
import { prunerForm as form, methodOptions, withSchedules } from './method-params'

const { pruners, pruner: find } = weightsCatalog()

/** A task vector made sparser, before it is merged. */
export default defineNode(
  {
    type: 'prune',
    version: 1,
    title: 'Prune task vector',
    family: 'merging',
    summary: 'Drops most of a task vector, so that several fit together without getting into each other’s way.',
    help: 'Takes a task vector and gives a sparser one, for a *Merger* with a base.',
    synonyms: ['sparsify', 'trim', 'dare', 'della', 'magnitude', 'breadcrumbs', 'density', 'drop'],
    survey: '3',
    systems: [...new Set(pruners.flatMap((pruner) => pruner.systems))].sort(),
    inputs: { delta: { wire: 'weights', arity: 'one', summary: 'a task vector' } },
    outputs: { delta: { wire: 'weights', summary: 'the sparser task vector' } },
    params: {
      pruner: { kind: 'choice', default: 'magnitude', title: 'Rule', summary: 'what is dropped', options: methodOptions(pruners, form) },
      ...form.params,
      schedules: {
        kind: 'json',
        default: {},
        advanced: true,
        title: 'Schedules',
        summary: 'settings that change over the layers or by tensor name',
      },
    },
    effect: 'pure',
    resource: 'cpu',
    stochastic: true,
    face: 'pruner',
  },
  ({ inputs: { delta }, params, context }) => {
    const pruner = find(params.pruner) as AnyMethod
    const expression: WeightsExpression = {
      op: 'prune',
      pruner: pruner.name,
      of: delta,
      params: withSchedules(form.settingsOf(pruner, params), params.schedules),
      ...(pruner.stochastic ? { seed: context.seed } : {}),
    }
    return { delta: expression }
  },
)

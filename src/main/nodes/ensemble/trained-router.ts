import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import type { ModelRef } from '../../../shared/value'
import { defineNode } from '../../node-runtime'
import { allocateBudget } from '../../ranking/budget'
import { chooseByUtility } from '../../ranking/records'
import { routerScores, type TrainedRouter, trainedRouter } from '../../ranking/router'
import { numbersByName } from './records-of'

/** The choice that a trained router makes, question by question or for all within a budget. */
export default defineNode(
  {
    type: 'trained-router',
    version: 1,
    title: 'Trained router',
    family: 'ensemble',
    survey: '4.1',
    paper: 'Lu et al. 2023, arXiv:2311.08692; Ding et al. 2024, arXiv:2404.14618; Mohammadshahi et al. 2024, arXiv:2401.13979',
    summary: 'Chooses, for each question, the model that a trained router expects to do best.',
    help: [
      'The router is what *Train router* learnt; its columns are named as the models are. No model reads the question: the choice costs nothing.',
      '',
      'With costs, a model must be better by λ for each unit that it costs more. After *difficulty* training the small model takes every question on which it suffices with at least *threshold*. With a *budget*, which needs the questions as one list, every question begins with the cheapest model, and the upgrades that bring most for their cost are made as far as the budget goes.',
    ].join('\n'),
    synonyms: ['ZOOTER', 'Hybrid LLM', 'Routoo', 'route', 'select model', 'budget', 'cost', 'threshold', 'RouteLLM'],
    systems: ['zooter', 'hybrid-llm', 'router-cluster', 'routoo'],
    inputs: {
      prompt: { wire: 'text', arity: 'one', takesList: true, summary: 'the question, or all questions as a list' },
      models: { wire: 'model', arity: 'some', takesList: true, summary: 'the models to choose from' },
      router: { wire: 'json', arity: 'one', summary: 'what a router learnt' },
    },
    outputs: {
      model: { wire: 'model', summary: 'the model for the (first) question' },
      choice: { wire: 'number', summary: 'its place among the models, from 0' },
      scores: { wire: 'scores', summary: 'what spoke for each model on the first question' },
      choices: { wire: 'json', summary: 'the place of the chosen model for every question' },
    },
    params: {
      threshold: {
        kind: 'number',
        default: 0.5,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Threshold',
        summary: 'difficulty: the small model takes what it suffices for with this probability',
      },
      viable: {
        kind: 'number',
        default: 0.99,
        min: 0,
        max: 1,
        step: 0.01,
        title: 'Good enough',
        summary: 'clusters: share of right answers that makes a model good enough',
      },
      costs: { kind: 'json', default: {}, summary: 'cost by name of model, e.g. {"large": 1}; others cost 0' },
      lambda: { kind: 'number', default: 0, min: 0, max: 100, step: 0.1, title: 'λ', summary: 'score that one unit of cost must bring' },
      budget: { kind: 'number', default: 0, min: 0, title: 'Budget', summary: 'for all questions together; 0: none', advanced: true },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'threshold',
  },
  ({ inputs, params }) => {
    const models = inputs.models.flat()
    const questions = [inputs.prompt].flat() as string[]
    if (models.length === 0)
      throw new TributaryError('data-empty', 'The router has no models to choose from.', { place: { port: 'models' } })
    const router = parseRouter(inputs.router)
    const places = placesOf(router, models)
    const costs = numbersByName(params.costs, models)
    const scores = questions.map((question) => {
      const all = routerScores(router, question, params.viable)
      return places.map((place) => all[place] as number)
    })
    const choices =
      params.budget > 0 ? within(params.budget, scores, costs) : scores.map((row) => chooseOne(router, row, places, costs, params))
    const choice = choices[0] ?? 0
    return {
      model: models[choice] as ModelRef,
      choice,
      scores: models.map(({ name }, index) => ({ name, value: scores[0]?.[index] ?? 0 })),
      choices: choices as Json,
    }
  },
)

function chooseOne(
  { router }: TrainedRouter,
  row: readonly number[],
  places: readonly number[],
  costs: readonly number[],
  { threshold, lambda }: { readonly threshold: number; readonly lambda: number },
): number {
  if (router !== 'difficulty') return chooseByUtility(row, costs, lambda)
  const [small, large] = [places.indexOf(0), places.indexOf(1)]
  return small >= 0 && (large < 0 || (row[small] as number) >= threshold) ? small : large
}

function within(budget: number, scores: readonly (readonly number[])[], costs: readonly number[]): number[] {
  try {
    return allocateBudget(scores, costs, budget)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new TributaryError('input-type', `A budget of ${budget} does not pay for the cheapest model on ${scores.length} questions.`, {
      hint: 'Raise the budget, ask fewer questions, or lower the costs.',
      place: { port: 'budget' },
      cause,
    })
  }
}

function parseRouter(value: unknown): TrainedRouter {
  const parsed = trainedRouter.safeParse(value)
  if (parsed.success) return parsed.data
  throw new TributaryError('input-type', 'This is not what a router learnt.', {
    hint: 'Connect the output “router” of Train router.',
    place: { port: 'router' },
  })
}

/** For each model its place in the router. */
function placesOf(router: TrainedRouter, models: readonly ModelRef[]): number[] {
  return models.map(({ name }) => {
    const place = router.models.indexOf(name)
    if (place >= 0) return place
    throw new TributaryError('input-unknown', `The router learnt nothing of ${name}.`, {
      hint: `It knows ${router.models.join(', ')}: columns of the records are named as the models are.`,
      place: { port: 'models' },
    })
  })
}

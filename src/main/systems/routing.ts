import type { Dataset, ModelRef } from '../../shared/value'
import type { DemonstrationContext, EvalItem } from './demonstration'
import { alone, decodeAll, isRight, shareOf } from './measure'

/** Questions of several grounds, which models answered: some of them are the past that routers learn from, the rest is new. */
export interface RoutingWorld {
  readonly models: readonly ModelRef[]
  /** the past: question, one column of 0 and 1 for each model, and the ground as tag */
  readonly records: Dataset
  readonly fresh: readonly EvalItem[]
  /** [model][new question] */
  readonly right: readonly (readonly boolean[])[]
  /** the share of new questions that each model alone answers rightly */
  readonly alone: readonly number[]
}

export async function routingWorld(
  context: DemonstrationContext,
  ids: readonly string[],
  {
    sets,
    perSet,
    past,
    pastIsLast = false,
  }: { readonly sets: readonly string[]; readonly perSet: number; readonly past: number; readonly pastIsLast?: boolean },
): Promise<RoutingWorld> {
  const models: ModelRef[] = []
  for (const id of ids) models.push(await context.model(id))
  const lists = await Promise.all(sets.map((name) => context.evalSet(name, perSet)))
  const isPast = (list: readonly EvalItem[], index: number): boolean => (pastIsLast ? index >= list.length - past : index < past)
  const old = lists.flatMap((list, set) => list.filter((_, i) => isPast(list, i)).map((item) => ({ item, tag: sets[set] ?? '' })))
  const fresh = lists.flatMap((list) => list.filter((_, i) => !isPast(list, i)))
  const answered = async (items: readonly EvalItem[], model: ModelRef): Promise<boolean[]> => {
    const texts = await decodeAll(context, items, alone(model))
    return items.map((item, index) => isRight(item, texts[index] ?? ''))
  }
  const [before, right]: [boolean[][], boolean[][]] = [[], []]
  for (const model of models) {
    before.push(
      await answered(
        old.map(({ item }) => item),
        model,
      ),
    )
    right.push(await answered(fresh, model))
  }
  const rows = old.map(({ item, tag }, row) =>
    Object.fromEntries([
      ['question', item.prompt],
      ['tags', tag],
      ...models.map(({ name }, model) => [name, Number(before[model]?.[row])] as const),
    ]),
  )
  const records: Dataset = { name: 'past questions', columns: ['question', 'tags', ...models.map(({ name }) => name)], rows }
  return { models, records, fresh, right, alone: right.map((answers) => shareOf(answers, Boolean)) }
}

/** The share of new questions answered rightly by the model that was chosen for each. */
export const routedShare = ({ fresh, right }: RoutingWorld, choices: readonly number[]): number =>
  shareOf([...fresh.keys()], (row) => right[choices[row] ?? 0]?.[row] ?? false)

/** Train router on the past, then Trained router on all new questions: the place of the model chosen for each. */
export async function trainedChoices(
  context: DemonstrationContext,
  { models, records, fresh }: RoutingWorld,
  training: Readonly<Record<string, unknown>>,
  choosing: Readonly<Record<string, unknown>> = {},
): Promise<number[]> {
  const { router } = await context.node('train-router', { inputs: { records }, params: training })
  const { choices } = await context.node('trained-router', {
    inputs: { prompt: fresh.map(({ prompt }) => prompt), models, router },
    params: choosing,
  })
  return choices as number[]
}

import { z } from 'zod'
import { clusterOf, clusterTexts, viableModels, type WordClusters } from './clusters'
import { type LinearModel, predict, trainLinear } from './linear-model'
import { difficultyLabels, rewardLabels } from './router-labels'
import { textFeatures } from './text-features'

export type RouterMethod = 'reward' | 'difficulty' | 'score' | 'clusters'

/** What a router knows of the past: questions, the models' qualities (null: not asked), and kinds of question. One row an answer; equal questions are samples. */
export interface PastAnswers {
  readonly models: readonly string[]
  readonly rows: readonly { readonly question: string; readonly qualities: readonly (number | null)[]; readonly tags: readonly string[] }[]
}

const wordTable = z.record(z.string(), z.number())
const linearModel = z.object({
  link: z.enum(['softmax', 'sigmoid']),
  bias: z.array(z.number()),
  weights: z.record(z.string(), z.array(z.number())),
})

/** A trained router as plain data: it may travel on a wire and be saved. */
export const trainedRouter = z.object({
  router: z.enum(['reward', 'difficulty', 'score', 'clusters']),
  models: z.array(z.string()).min(1),
  linear: linearModel.optional(),
  clusters: z.object({ idf: wordTable, centres: z.array(wordTable), sizes: z.array(z.number()) }).optional(),
  /** clusters: share of right answers by cluster and model */
  accuracies: z.array(z.array(z.number().nullable())).optional(),
  /** difficulty: how much worse the small model may be */
  gap: z.number().optional(),
})
export type TrainedRouter = z.infer<typeof trainedRouter>

interface Question {
  readonly text: string
  readonly samples: readonly (readonly number[])[]
  readonly tags: readonly string[]
}

/** Equal questions become one, with the samples of each model. */
function questionsOf({ models, rows }: PastAnswers): Question[] {
  const byText = new Map<string, { samples: number[][]; tags: Set<string> }>()
  for (const { question, qualities, tags } of rows) {
    const one = byText.get(question) ?? { samples: models.map(() => []), tags: new Set() }
    qualities.forEach((quality, model) => {
      if (quality !== null) one.samples[model]?.push(quality)
    })
    for (const tag of tags) one.tags.add(tag)
    byText.set(question, one)
  }
  return [...byText].map(([text, { samples, tags }]) => ({ text, samples, tags: [...tags] }))
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

/** Learns from past answers. `difficulty` knows two models, the small one first; the others any number. */
export function trainRouter(past: PastAnswers, method: RouterMethod, { beta = 0.3, clusters = 50 } = {}): TrainedRouter {
  const questions = questionsOf(past)
  const models = [...past.models]
  const means = questions.map(({ samples }) => samples.map((all) => (all.length === 0 ? Number.NaN : mean(all))))
  const learn = (labels: readonly (readonly number[])[], link: LinearModel['link']): z.infer<typeof linearModel> => {
    const examples = questions.map(({ text }, i) => ({ features: textFeatures(text), target: labels[i] as readonly number[] }))
    return trainLinear(examples, labels[0]?.length ?? models.length, link) as z.infer<typeof linearModel>
  }
  switch (method) {
    case 'reward': {
      const rewards = means.map((row) => row.map((x) => (Number.isNaN(x) ? 0 : x)))
      const labels = rewardLabels(
        rewards,
        questions.map(({ tags }) => tags),
        beta,
      )
      return { router: method, models, linear: learn(labels, 'softmax') }
    }
    case 'difficulty': {
      const { gap, labels } = difficultyLabels(
        questions.map(({ samples }) => samples[0] ?? []),
        questions.map(({ samples }) => samples[1] ?? []),
      )
      return {
        router: method,
        models,
        gap,
        linear: learn(
          labels.map((label) => [label]),
          'sigmoid',
        ),
      }
    }
    case 'score':
      return { router: method, models, linear: learn(means, 'sigmoid') }
    case 'clusters': {
      const found = clusterTexts(
        questions.map(({ text }) => wordsOf(text)),
        clusters,
      )
      const places = questions.map(({ text }) => clusterOf(wordsOf(text), found))
      const accuracies = found.sizes.map((_, cluster) =>
        models.map((_name, model) => {
          const known = means.filter((row, i) => places[i] === cluster && !Number.isNaN(row[model])).map((row) => row[model] as number)
          return known.length === 0 ? null : mean(known)
        }),
      )
      return { router: method, models, clusters: found as z.infer<typeof trainedRouter>['clusters'], accuracies }
    }
    default:
      return method satisfies never
  }
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? []

/**
 * What speaks for each model on a question: its share (reward), how likely it is right (score, clusters), how likely the small one suffices and its
 * contrary (difficulty). Clusters: a model that is not viable has half its accuracy, so that a viable one always leads.
 */
export function routerScores(router: TrainedRouter, question: string, viable = 0.99): number[] {
  if (router.router === 'clusters') {
    const { clusters, accuracies } = router
    const rows = accuracies?.[clusters ? clusterOf(wordsOf(question), clusters as WordClusters) : 0] ?? router.models.map(() => null)
    const good = new Set(viableModels(rows, viable))
    return rows.map((accuracy, model) => (good.has(model) ? 1 : 0.5) * (accuracy ?? 0))
  }
  const shares = router.linear ? predict(router.linear, textFeatures(question)) : router.models.map(() => 0)
  return router.router === 'difficulty' ? [shares[0] ?? 0, 1 - (shares[0] ?? 0)] : shares
}

import { describe, expect, it } from 'vitest'
import { allocateBudget } from './budget'
import { clusterOf, clusterTexts, viableModels } from './clusters'
import { predict, trainLinear } from './linear-model'
import { difficultyLabels, rewardLabels, shareAsGood, spreadOf } from './router-labels'
import { textFeatures } from './text-features'

const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(6)))

describe('labels for routers', () => {
  it('blend rewards with those of questions of the same kind (ZOOTER)', () => {
    const rewards = [
      [2, 1, 0],
      [0.5, 1.5, 0.2],
      [1.8, 0.4, 0.9],
    ]
    const labels = rewardLabels(rewards, [['math'], ['math', 'code'], ['code']], 0.3)
    expect(labels.map(rounded)).toEqual([
      [0.510898, 0.372435, 0.116668],
      [0.368044, 0.465174, 0.166782],
      [0.471676, 0.310319, 0.218005],
    ])
    expect(rounded(rewardLabels(rewards, [[], [], []])[0] ?? [])).toEqual([0.665241, 0.244728, 0.090031])
  })
  it('say how often the small model is as good, with the gap that tells most (Hybrid LLM)', () => {
    const small = [
      [0.5, 0.6],
      [0.2, 0.3],
      [0.7, 0.4],
      [0.1, 0.2],
    ]
    const large = [
      [0.6, 0.7],
      [0.8, 0.9],
      [0.5, 0.6],
      [0.3, 0.9],
    ]
    expect(shareAsGood(small, large, 0)).toEqual([0.25, 0, 0.5, 0])
    expect([0, 0.1, 0.2, 0.5, 0.6, 0.7, 0.8].map((gap) => spreadOf(shareAsGood(small, large, gap)))).toEqual([
      0.21875, 0.34375, 0.4375, 0.34375, 0.21875, 0.09375, 0,
    ])
    const { gap, labels } = difficultyLabels(small, large, 16)
    expect([Number(gap.toFixed(9)), labels]).toEqual([0.2, [1, 0, 1, 0.5]])
    expect(difficultyLabels([[1], [1]], [[1], [1]])).toEqual({ gap: 0, labels: [1, 1] })
  })
})

describe('a linear model', () => {
  const sums = ['what is 3 plus 4?', 'what is 9 plus 1?', 'add 2 and 2']
  const capitals = ['what is the capital of france?', 'name the capital of italy', 'which city is the capital of spain?']
  const examples = [...sums, ...capitals].map((text, i) => ({ features: textFeatures(text), target: i < 3 ? [1, 0] : [0, 1] }))
  it('learns which words belong to whom, and the same each time', () => {
    const model = trainLinear(examples, 2, 'softmax')
    expect(predict(model, textFeatures('what is 5 plus 6?'))[0]).toBeGreaterThan(0.9)
    expect(predict(model, textFeatures('the capital of peru?'))[1]).toBeGreaterThan(0.9)
    expect(trainLinear(examples, 2, 'softmax')).toEqual(model)
    expect(JSON.parse(JSON.stringify(model))).toEqual(model)
  })
  it('gives what was measured where features tell nothing, and nothing from nothing', () => {
    const same = [1, 1, 1, 0].map((label) => ({ features: textFeatures('x'), target: [label] }))
    expect(predict(trainLinear(same, 1, 'sigmoid', { rounds: 2000 }), textFeatures('x'))[0]).toBeCloseTo(0.75, 2)
    expect(predict(trainLinear([], 3, 'softmax'), textFeatures('x'))).toEqual([1 / 3, 1 / 3, 1 / 3])
    const unknown = [{ features: textFeatures('x'), target: [Number.NaN, 1] }]
    expect(predict(trainLinear(unknown, 2, 'sigmoid'), textFeatures('x'))[0]).toBe(0.5)
  })
})

describe('clusters of questions', () => {
  const words = (text: string): string[] => text.split(' ')
  const texts = ['capital france', 'capital spain', 'capital italy', 'plus three four', 'plus nine one'].map(words)
  it('gather what shares words; what shares none goes to the largest', () => {
    const clusters = clusterTexts(texts, 2)
    expect(clusters.sizes).toEqual([3, 2])
    expect([
      clusterOf(words('capital peru'), clusters),
      clusterOf(words('plus two'), clusters),
      clusterOf(words('zebra'), clusters),
    ]).toEqual([0, 1, 0])
    expect(clusterTexts(texts.slice(0, 1), 5).sizes).toEqual([1])
  })
  it('have models that are good enough, else the best', () => {
    expect(viableModels([0.8, 0.992, 0.995], 0.99)).toEqual([1, 2])
    expect(viableModels([0.5, 0.7, 0.6], 0.99)).toEqual([1])
    expect(viableModels([null, 0.1], 0.99)).toEqual([1])
  })
})

describe('a budget for many questions', () => {
  const scores = [
    [0.6, 0.9],
    [0.5, 0.95],
    [0.8, 0.85],
  ]
  it('buys the upgrades that bring most for their cost (Routoo)', () => {
    expect(allocateBudget(scores, [1, 5], 7)).toEqual([0, 1, 0])
    expect(allocateBudget(scores, [1, 5], 11)).toEqual([1, 1, 0])
    expect(allocateBudget(scores, [1, 5], 100)).toEqual([1, 1, 1])
    expect(allocateBudget([[0.9, 0.1]], [1, 5], 100)).toEqual([0])
    expect(() => allocateBudget(scores, [1, 5], 2)).toThrow(RangeError)
  })
})

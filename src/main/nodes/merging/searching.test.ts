import { describe, expect, it } from 'vitest'
import { TributaryError } from '../../../shared/errors'
import type { WeightsExpression } from '../../../shared/expression'
import type { Json, JsonObject } from '../../../shared/json'
import type { ModelRef } from '../../../shared/value'
import type { RunContext } from '../../node-runtime'
import { weightsCatalog } from '../../weights/catalog'
import { mergeInMemory } from '../../weights/in-memory'
import type { AnyMethod } from '../../weights/method'
import { searches } from '../../weights/search/searches'
import { resolveSchedule } from '../../weights/settings'
import { base, modelOf, one, rowsOf, three, two } from '../../weights/testing/fixture'
import { runNode, testModel } from '../testing'
import greedySoup from './greedy-soup'
import likelihoodWeights, { softmaxOfLosses } from './likelihood-weights'
import nextCandidate from './next-candidate'
import recordCandidate from './record-candidate'
import searchCoefficients from './search-coefficients'
import { cutShares, formOf, groupedWeight, maskedWeight, projectToMean } from './search-forms'

/** Candidates are merged in memory from the worked fixture; their loss is the squared distance from a goal. */
const fixture: Record<string, readonly (readonly number[])[]> = { one, two, three, base }
const load = (name: string): WeightsExpression => ({ op: 'load', model: { ...testModel, id: name, name } })
const valuesOf = (expression: WeightsExpression): number[] => {
  if (expression.op === 'load') return [...Float32Array.from((fixture[expression.model.id] ?? []).flat())]
  if (expression.op !== 'merge') return []
  const model = (weights: WeightsExpression) => modelOf(weights.op === 'load' ? (fixture[weights.model.id] ?? []) : [])
  const method = weightsCatalog().method(expression.method)
  if (!method) return []
  return rowsOf(
    mergeInMemory(method, {
      ...(expression.base ? { base: model(expression.base) } : {}),
      models: expression.models.map(({ weights, params }) => ({ weights: model(weights), params })),
      params: expression.params,
    }),
  ).flat()
}
const goal = [1.1, -1.8, 0.55, -0.05, 3.4, -1.05]
const lossOf = (expression: WeightsExpression): number =>
  valuesOf(expression).reduce((sum, value, i) => sum + (value - (goal[i] ?? 0)) ** 2, 0)

function context(): Partial<RunContext> {
  let candidate: WeightsExpression = load('one')
  return {
    weights: {
      write: () => Promise.reject(new Error('unused')),
      withCandidate: (request, _call, use) => {
        candidate = request.expression
        return use({ ...testModel, id: 'candidate' } as ModelRef)
      },
    },
    models: {
      call: { signal: new AbortController().signal },
      decode: () => Promise.reject(new Error('unused')),
      decodeAll: () => Promise.reject(new Error('unused')),
      open: async (ref) =>
        ({
          ref,
          scoreAll: async (rows: readonly unknown[]) =>
            rows.map(() => [{ logprob: -lossOf(ref.id === 'candidate' ? candidate : load(ref.id)), tokens: 1 }]),
        }) as unknown as Awaited<ReturnType<RunContext['models']['open']>>,
    },
  }
}
const box = { low: 0, high: 1, mean: 0.5 }
const data = { name: 'held out', columns: ['prompt', 'answer'], rows: [{ prompt: 'q', answer: 'a' }] }

describe('greedy soup', () => {
  it('keeps the two that help and leaves the third out, as worked by hand', async () => {
    const { outputs } = await runNode(greedySoup, {
      inputs: { models: [load('one'), load('two'), load('three')], data },
      context: context(),
    })
    const report = outputs.report as { alone: number[]; kept: number[]; loss: number }
    expect(report.alone.map((loss) => Math.round(loss * 1e4) / 1e4)).toEqual([0.3075, 0.3875, 1.8425])
    expect(report.kept).toEqual([0, 1])
    expect(report.loss).toBeCloseTo(0.02625, 5)
    expect(report.loss).toBeLessThanOrEqual(Math.min(...report.alone))
  })
  it('takes a duplicate where ties count, and not otherwise', async () => {
    const of = async (accept: boolean) =>
      (
        (await runNode(greedySoup, { inputs: { models: [load('one'), load('one')], data }, params: { accept }, context: context() }))
          .outputs.report as { kept: number[] }
      ).kept
    expect([await of(true), await of(false)]).toEqual([[0, 1], [0]])
  })
})

describe('a candidate that cannot be judged', () => {
  const unfit = new TributaryError('weights-mismatch', 'The tensor blk.0.x is 4 in one and 8 in three.')
  /** `bad` tells which weights cannot be made, and which have a loss that is no number */
  const troubled = (bad: (weights: WeightsExpression) => 'throws' | 'nan' | 'full' | undefined): Partial<RunContext> => {
    const given = context()
    let isNan = false
    const weights = given.weights as Required<RunContext['weights']>
    return {
      ...given,
      weights: {
        ...weights,
        withCandidate: (request, call, use) => {
          const trouble = bad(request.expression)
          if (trouble === 'throws') throw unfit
          if (trouble === 'full') throw new TributaryError('disk-full', 'full')
          isNan = trouble === 'nan'
          return weights.withCandidate(request, call, use)
        },
      },
      models: {
        ...(given.models as RunContext['models']),
        open: async (ref) => {
          if (ref.id !== 'candidate') isNan = bad(load(ref.id)) === 'nan'
          const opened = await (given.models as RunContext['models']).open(ref)
          return {
            ...opened,
            scoreAll: async (...args) => (isNan ? [[{ logprob: Number.NaN, tokens: 1 }]] : opened.scoreAll(...args)),
          }
        },
      },
    }
  }
  const has = (weights: WeightsExpression, name: string): boolean => JSON.stringify(weights).includes(`"id":"${name}"`)
  const soup = (bad: Parameters<typeof troubled>[0]) =>
    runNode(greedySoup, { inputs: { models: [load('three'), load('one'), load('two')], data }, context: troubled(bad) })

  it('is left out of a soup, with the reason, whether it cannot be made or its loss is no number', async () => {
    const throwing = await soup((weights) => (weights.op === 'merge' && has(weights, 'three') ? 'throws' : undefined))
    expect(throwing.outputs.report).toMatchObject({ kept: [1, 2], rejected: [{ model: 0, why: unfit.message }] })
    expect(throwing.warnings.join()).toContain('passed over')
    // the first wire is the one: a loss that is no number must not become the one to beat
    const nan = await soup((weights) => (has(weights, 'three') ? 'nan' : undefined))
    expect(nan.outputs.report).toMatchObject({
      alone: [null, 0.3075, 0.3875].map((loss) => (loss === null ? null : expect.closeTo(loss, 4))),
      kept: [1, 2],
    })
  })
  it('ends a soup where nothing can be judged, and any other trouble ends it at once', async () => {
    await expect(soup(() => 'nan')).rejects.toMatchObject({ code: 'weights-parameter' })
    await expect(soup((weights) => (weights.op === 'merge' ? 'full' : undefined))).rejects.toMatchObject({ code: 'disk-full' })
  })
  it('is told by a search, which goes on; where all are such the search says what is wrong', async () => {
    const search = (bad: Parameters<typeof troubled>[0]) =>
      runNode(searchCoefficients, { inputs: { models: [load('one'), load('two')], data }, params: { budget: 8 }, context: troubled(bad) })
    const shareOf = (weights: WeightsExpression) => Number(weights.op === 'merge' ? weights.models[0]?.params.weight : Number.NaN)
    const { outputs, warnings } = await search((weights) => (shareOf(weights) > 0.9 ? 'throws' : undefined))
    const { candidates, best } = outputs.report as {
      candidates: { point: number[]; loss: number | null; why?: string }[]
      best: { point: number[] }
    }
    expect(candidates.find(({ point }) => point[0] === 1)).toEqual({ point: [1], loss: null, why: unfit.message })
    expect(best.point[0]).toBeGreaterThan(0.3)
    expect(warnings.join()).toMatch(/[1-7] of 8 candidates could not be judged/)
    await expect(search(() => 'throws')).rejects.toBe(unfit)
    await expect(search(() => 'full')).rejects.toMatchObject({ code: 'disk-full' })
  })
})

it('tells of each two models how often they answer differently', async () => {
  const answers: Record<string, string[]> = { one: ['4', '5'], two: ['4', '6'], three: ['3', '6'] }
  const given = context()
  const rows = ['a', 'b'].map((prompt) => ({ prompt, answer: '4' }))
  const { outputs } = await runNode(greedySoup, {
    inputs: { models: ['one', 'two', 'three'].map(load), data: { ...data, rows } },
    params: { disagreement: true },
    context: {
      ...given,
      models: {
        ...(given.models as RunContext['models']),
        decodeAll: async (programs) =>
          programs.map(({ expression }) => {
            const { model, prompt } = expression as Extract<typeof expression, { op: 'lm'; model: ModelRef }>
            const row = rows.findIndex((one) => prompt.kind === 'text' && one.prompt === prompt.text)
            return { text: ` ${answers[model.id]?.[row]}` } as Awaited<ReturnType<RunContext['models']['decode']>>
          }),
      },
    },
  })
  expect((outputs.report as { disagreement: number[][] }).disagreement).toEqual([
    [0, 0.5, 1],
    [0.5, 0, 0.5],
    [1, 0.5, 0],
  ])
})

describe('rows that are kept for testing', () => {
  const test = { ...data, use: 'test' as const }
  const run = (params: Record<string, unknown>, rows: typeof data = data) =>
    runNode(searchCoefficients, {
      inputs: { models: [load('one'), load('two')], data: rows },
      params: { budget: 3, ...params },
      context: context(),
    })
  const searchIn = ({ outputs }: Awaited<ReturnType<typeof run>>) => (outputs.weights as { search?: JsonObject }).search
  it('are refused by every search, unless it is allowed, and then the merge says so', async () => {
    await expect(run({}, test)).rejects.toMatchObject({ code: 'data-kept' })
    await expect(runNode(greedySoup, { inputs: { models: [load('one')], data: test }, context: context() })).rejects.toMatchObject({
      code: 'data-kept',
    })
    expect(searchIn(await run({ onTest: true }, test))).toMatchObject({
      node: 'search-coefficients',
      tried: 3,
      rows: { keptFor: 'test', count: 1 },
    })
    expect(searchIn(await run({}))).toMatchObject({ rows: { keptFor: 'not said' } })
  })
})

it('rows at first: all candidates are judged on few rows, the best third on all', async () => {
  const counts: number[] = []
  const given = context()
  const rows = Array.from({ length: 9 }, (_, i) => ({ prompt: `q${i}`, answer: 'a' }))
  let asked = 0
  const { outputs } = await runNode(searchCoefficients, {
    inputs: { models: [load('one'), load('two')], data: { ...data, rows } },
    params: { budget: 6, screen: 2 },
    context: {
      ...given,
      models: {
        ...(given.models as RunContext['models']),
        open: async (ref) => {
          if (asked > 0) counts.push(asked)
          asked = 0
          const opened = await (given.models as RunContext['models']).open(ref)
          return {
            ...opened,
            scoreAll: (...args: Parameters<typeof opened.scoreAll>) => {
              asked += args[0].length
              return opened.scoreAll(...args)
            },
          }
        },
      },
    },
  })
  expect([...counts, asked]).toEqual([2, 2, 2, 2, 2, 2, 9, 9])
  const report = outputs.report as { best: { point: number[]; loss: number }; candidates: unknown[]; onAllRows: { loss: number }[] }
  expect(report.candidates).toHaveLength(6)
  expect(report.best.loss).toBe(Math.min(...report.onAllRows.map(({ loss }) => loss)))
})

it('the more safe answers count, the less weight a model has that lost them: 1 / (1 + β)', async () => {
  const given = context()
  const goals: Record<string, number[]> = { task: valuesOf(load('two')), safe: valuesOf(load('one')) }
  let candidate = load('one')
  const rows = (prompt: string) => ({ ...data, rows: [{ prompt, answer: 'a' }] })
  const weightAt = async (safety: number): Promise<number> => {
    const { outputs } = await runNode(searchCoefficients, {
      inputs: { models: [load('one'), load('two')], data: rows('task'), safe: rows('safe') },
      params: { safety, search: 'golden', budget: 40 },
      context: {
        ...given,
        weights: {
          ...(given.weights as RunContext['weights']),
          withCandidate: (request, _call, use) => {
            candidate = request.expression
            return use({ ...testModel, id: 'candidate' } as ModelRef)
          },
        },
        models: {
          ...(given.models as RunContext['models']),
          open: async () =>
            ({
              scoreAll: async (rows: readonly { readonly prompt: { readonly text: string } }[]) =>
                rows.map(({ prompt }) => {
                  const loss = valuesOf(candidate).reduce((sum, value, i) => sum + (value - (goals[prompt.text]?.[i] ?? 0)) ** 2, 0)
                  return [{ logprob: -loss, tokens: 1 }]
                }),
            }) as unknown as Awaited<ReturnType<RunContext['models']['open']>>,
        },
      },
    })
    return Number((outputs.coefficients as string).split(', ')[1])
  }
  for (const safety of [0, 0.5, 1, 3]) expect(await weightAt(safety)).toBeCloseTo(1 / (1 + safety), 2)
})

describe('search', () => {
  it('a learned soup is at least as good as the greedy one', async () => {
    const { outputs } = await runNode(searchCoefficients, {
      inputs: { models: [load('one'), load('two'), load('three')], data },
      params: { form: 'softmax', search: 'cma-es', budget: 200 },
      context: context(),
    })
    expect(lossOf(outputs.weights as WeightsExpression)).toBeLessThanOrEqual(0.02625)
  })
  it('task vectors: the coefficients that made the goal are found again', async () => {
    const made = {
      op: 'merge',
      method: 'task-arithmetic',
      base: load('base'),
      models: ['one', 'two', 'three'].map((name, i) => ({ weights: load(name), params: { weight: [0.7, 0.2, 0.5][i] ?? 0 } })),
      params: {},
      seed: 0,
    } as const
    goal.splice(0, 6, ...valuesOf(made))
    const { outputs } = await runNode(searchCoefficients, {
      inputs: { models: [load('one'), load('two'), load('three')], base: load('base'), data },
      params: { method: 'task-arithmetic', form: 'free', search: 'cma-es', budget: 800 },
      context: context(),
    })
    const found = (outputs.coefficients as string).split(', ').map(Number)
    for (const [i, value] of [0.7, 0.2, 0.5].entries()) expect(found[i]).toBeCloseTo(value, 3)
    expect((outputs.report as { candidates: unknown[] }).candidates.length).toBeLessThanOrEqual(800)
  })
  it('a share for each part of the layers keeps its mean and stays in 0 to 1', () => {
    for (const point of [
      [0.9, 0.9, -0.2],
      [0, 0, 0],
      [1, 1, 1],
      [0.2, 0.4, 0.6],
    ]) {
      const shares = projectToMean(point, 0.4)
      expect(shares.reduce((sum, value) => sum + value, 0) / 3).toBeCloseTo(0.4, 9)
      expect(shares.every((value) => value >= 0 && value <= 1)).toBe(true)
    }
    expect(projectToMean([0.2, 0.4, 0.6], 0.4).map((value) => value.toFixed(6))).toEqual(['0.200000', '0.400000', '0.600000'])
    const shares = (point: number[]) => formOf('layers', 2, { ...box, mean: 0 }).each(point)[0]?.weight
    expect(shares([0.3, 0.3, 0.3])).toEqual([{ filter: 'blk.', value: { parts: [0, 0, 0] } }, { value: 0 }])
  })
  it('two parts with shares of 0.2 and 0.6, as worked by hand; the embedding takes their mean', () => {
    const [first, second] = formOf('layers', 2, { ...box, mean: 0.4, parts: 2 }).each([0.2, 0.6])
    const model = (rows: readonly (readonly number[])[]) =>
      new Map([
        ['token_embd.weight', { shape: [3, 1], data: Float32Array.from(rows[0] ?? []) }],
        ...rows.map((row, block) => [`blk.${block}.ffn_up.weight`, { shape: [3, 1], data: Float32Array.from(row) }] as const),
      ])
    const result = mergeInMemory(weightsCatalog().method('linear') as AnyMethod, {
      models: [
        { weights: model(one), params: first as unknown as JsonObject },
        { weights: model(base), params: second as unknown as JsonObject },
      ],
      blocks: 2,
    })
    const near = (name: string, expected: number[]) =>
      expect([...(result.get(name)?.data ?? [])]).toEqual(expected.map((value) => expect.closeTo(value, 6)))
    near('blk.0.ffn_up.weight', [1.08, -2.02, 0.5])
    near('blk.1.ffn_up.weight', [-0.18, 3.36, -1.12])
    near('token_embd.weight', [1.16, -2.04, 0.5])
  })
  it('26 layers in three parts are 8, 9 and 9 of them', () => {
    const at = (layer: number) => resolveSchedule({ parts: [1, 2, 3] }, { tensor: `blk.${layer}.x`, blocks: 26 })
    expect([0, 7, 8, 16, 17, 25].map(at)).toEqual([1, 1, 2, 2, 3, 3])
  })
  it('a candidate is judged once, and every one is told with its place', async () => {
    const known = new Map<string, number>()
    const told: { value: number; step: number; point: readonly number[] }[] = []
    const given = context()
    const run = () =>
      runNode(searchCoefficients, {
        inputs: { models: [load('one'), load('two')], data },
        params: { budget: 6 },
        context: {
          ...given,
          weights: {
            ...given.weights,
            judged: { get: (key: string) => known.get(key), put: (key: string, loss: number) => known.set(key, loss) },
          } as RunContext['weights'],
          metric: (_name, value, of) => told.push({ value, ...(of ?? { step: 0, point: [] }) }),
        },
      })
    const first = (await run()).outputs
    expect(known.size).toBe(6)
    expect(told.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6])
    expect(told.map(({ value, point }) => ({ loss: value, point }))).toEqual(
      (first.report as { candidates: { loss: number; point: number[] }[] }).candidates.map(({ loss, point }) => ({ loss, point })),
    )
    // a search that was killed halfway asks only for the rest
    for (const key of [...known.keys()].slice(3)) known.delete(key)
    const before = told.length
    const put: string[] = []
    known.set = function (key, loss) {
      put.push(key)
      return Map.prototype.set.call(this, key, loss)
    }
    expect((await run()).outputs).toEqual(first)
    expect([put.length, told.length - before]).toEqual([3, 6])
  })
  it('mixtures of one by even cuts: they sum to one, and each model has each share as often', async () => {
    expect(cutShares([0.7, 0.2])).toEqual([0.2, expect.closeTo(0.5, 9), expect.closeTo(0.3, 9)])
    expect(cutShares([])).toEqual([1])
    const form = formOf('simplex', 3, box)
    const { evaluations } = await searches.even.search(form.space, () => 0, { budget: 600, seed: 2 })
    const shares = evaluations.map(({ point }) => form.each(point).map(({ weight }) => weight as number))
    for (const model of [0, 1, 2]) {
      const own = shares.map((one) => one[model] as number)
      expect(own.reduce((sum, share) => sum + share, 0) / own.length).toBeCloseTo(1 / 3, 1)
      // of Dirichlet(1, 1, 1) a share is above one half with the chance of a quarter
      expect(Math.abs(own.filter((share) => share > 0.5).length / own.length - 0.25)).toBeLessThan(0.06)
    }
  })
  it('a mask of zeros is the plain weight everywhere, others keep their mean', () => {
    const plain = maskedWeight([0, 0, 0, 0, 0, 0, 0, 0], 0.3) as { filter?: string; value: number[] | number }[]
    expect(plain.flatMap(({ value }) => value).map((value) => value.toFixed(9))).toEqual(Array.from({ length: 9 }, () => '0.300000000'))
    const [attention, feed] = maskedWeight([4, -4, 1, 0, 2, 0, -1, 3], 1) as { value: number[] }[]
    const all = [...(attention?.value ?? []), ...(feed?.value ?? [])]
    expect(all.reduce((sum, value) => sum + value, 0) / 8).toBeCloseTo(1, 9)
    expect(Math.max(...all)).toBe(all[0])
    expect(formOf('concrete', 2, box).each([0, 0, 0, 0, 0, 0, 0, 0])).toHaveLength(2)
  })
  it('weights for parts of the layers: equal numbers are one weight, and each model has its own seven', () => {
    const { space, each } = formOf('grouped', 2, box)
    expect(space.low).toHaveLength(14)
    const [first, second] = each([...Array.from({ length: 7 }, () => 0.4), 0, 0.5, 1, 0.1, 0.2, 0.3, 0.9])
    expect(first?.weight).toEqual(groupedWeight([0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4]))
    expect(second?.weight).toEqual([{ filter: '.attn_', value: [0, 0.5, 1] }, { filter: '.ffn_', value: [0.1, 0.2, 0.3] }, { value: 0.9 }])
  })
  it('a merge that repeats itself counts for nothing, however certain it is; a probe tells the loss of the best', async () => {
    const given = context()
    const decodes = (ids: readonly number[]) => async (programs: readonly unknown[]) =>
      programs.map(() => ({ text: 'a', trace: { steps: ids.map((id) => ({ id, entropy: 0.1 })) } }))
    const run = async (ids: readonly number[], more = {}) =>
      (
        await runNode(searchCoefficients, {
          inputs: { models: [load('one'), load('two')], data, ...more },
          params: { budget: 2, objective: 'entropy' },
          context: { ...given, models: { ...given.models, decodeAll: decodes(ids) } as unknown as RunContext['models'] },
        })
      ).outputs.report as { best: { loss: number }; candidates: { loss: number | null }[]; probe?: number }
    expect((await run([1, 2, 3])).best.loss).toBeCloseTo(0.1, 9)
    expect((await run([7, 7, 7, 7, 7, 7, 7])).candidates.map(({ loss }) => loss)).toEqual([null, null])
    expect((await run([1, 2, 3], { probe: data })).probe).toBeGreaterThan(0)
  })
  it('methods that weigh by statistics take them here too', async () => {
    const asked = {
      inputs: { models: [load('one'), load('two')], data },
      params: { method: 'fisher', form: 'softmax', budget: 1 },
      context: context(),
    }
    await expect(runNode(searchCoefficients, asked)).rejects.toMatchObject({ code: 'statistics-missing' })
    const statistics = ['s1', 's2'].map((blob) => ({ blob, model: 'm', quantities: ['fisher'], texts: 1, tokens: 1 }))
    const { outputs } = await runNode(searchCoefficients, { ...asked, inputs: { ...asked.inputs, statistics } })
    expect((outputs.weights as { models: { statistics: string }[] }).models.map((model) => model.statistics)).toEqual(['s1', 's2'])
  })
  it('in a loop, where every round has a seed of its own, CMA-ES learns and ends', async () => {
    let history: Json = []
    let outputs: Record<string, unknown> = {}
    for (let round = 0; round < 90 && outputs.done !== true; round++) {
      const params = { count: 3, search: 'cma-es', budget: 80 }
      const next = (await runNode(nextCandidate, { inputs: { history }, params, context: { seed: round } })).outputs
      const score = -String(next.candidate)
        .split(', ')
        .reduce((sum, value, i) => sum + (Number(value) - 0.2 * (i + 1)) ** 2, 0)
      outputs = (await runNode(recordCandidate, { inputs: { history, ...next, score } })).outputs
      history = outputs.history as Json
    }
    expect([outputs.done, (history as Json[]).length]).toEqual([true, 80])
    expect(Number(outputs.score)).toBeGreaterThan(-1e-3)
  })
  it('candidate by candidate finds what the search finds in one go', async () => {
    let history: Json = []
    let outputs: Record<string, unknown> = {}
    for (let round = 0; round < 30 && outputs.done !== true; round++) {
      const next = (
        await runNode(nextCandidate, { inputs: { history }, params: { count: 1, search: 'golden', budget: 20 }, context: { seed: round } })
      ).outputs
      const x = Number(next.candidate)
      outputs = (await runNode(recordCandidate, { inputs: { history, ...next, score: -((x - 0.37) ** 2) } })).outputs
      history = outputs.history as Json
    }
    expect(outputs.done).toBe(true)
    expect(history).toHaveLength(20)
    expect(Number(outputs.best)).toBeCloseTo(0.37, 3)
    expect(outputs.score).toBeCloseTo(0, 6)
    await expect(runNode(nextCandidate, { inputs: { history: { no: 'list' } } })).rejects.toThrow(/is not a list/)
  })
  it('the golden section of several numbers, and limits the wrong way round, are refused', async () => {
    const run = (params: Readonly<Record<string, unknown>>) =>
      runNode(searchCoefficients, {
        inputs: { models: [load('one'), load('two')], base: load('base'), data },
        params: { method: 'task-arithmetic', form: 'free', budget: 3, ...params },
        context: context(),
      })
    await expect(run({ search: 'golden' })).rejects.toThrow(/Golden section searches one number, and here there are 2/)
    await expect(run({ search: 'cma-es', low: 1, high: 0 })).rejects.toThrow(/least value of 1 and a largest of 0/)
    const next = { inputs: { history: [] }, params: { count: 3, search: 'golden' } }
    await expect(runNode(nextCandidate, next)).rejects.toThrow(/one number, and here there are 3/)
  })
  it('one share needs two models', () => {
    expect(() => formOf('share', 3, box)).toThrow(/two models/)
    expect(formOf('share', 2, box).each([0.3])).toEqual([{ weight: 0.3 }, { weight: 0.7 }])
    expect(formOf('dense', 2, box).each([1, 2, 0.3, 0.4])).toEqual([
      { weight: 1, density: 0.3 },
      { weight: 2, density: 0.4 },
    ])
  })
  it('an empty dataset and a missing column are told', async () => {
    const run = (rows: Record<string, string>[]) =>
      runNode(greedySoup, { inputs: { models: [load('one')], data: { ...data, rows } }, context: context() })
    await expect(run([])).rejects.toMatchObject({ code: 'data-empty' })
    await expect(run([{ question: 'x' }])).rejects.toMatchObject({ code: 'input-type', message: expect.stringContaining('"prompt"') })
  })
})

it('weights by likelihood are the softmax of the losses', async () => {
  const [a, b, c] = softmaxOfLosses([2, 2.5, 3], 1, 0)
  expect([a, b, c].map((value) => value?.toFixed(9))).toEqual(['0.506480391', '0.307195886', '0.186323723'])
  expect(softmaxOfLosses([1, 1], 1, 0)).toEqual([0.5, 0.5])
  expect(softmaxOfLosses([3, 1, 2], 1, 1)).toEqual([0, 1, 0])
  const { outputs } = await runNode(likelihoodWeights, { inputs: { models: [load('one'), load('one')], data }, context: context() })
  expect(outputs.weights).toBe('0.5, 0.5')
})

it('weights by likelihood count a prior: twice as likely beforehand is twice the weight, and none stays none', async () => {
  expect(softmaxOfLosses([2, 2, 2], 1, 0, [2, 1, 1])).toEqual([0.5, 0.25, 0.25])
  const [a = 0, b = 0] = softmaxOfLosses([2, 2.5], 1, 0, [1, 3])
  expect(b / a).toBeCloseTo(3 * Math.exp(-0.5), 9)
  expect(softmaxOfLosses([1, 2, 3], 1, 0, [0, 1, 0])).toEqual([0, 1, 0])
  // the two best after the prior take part
  expect(softmaxOfLosses([1, 1, 1], 1, 2, [1, 1, 2])).toEqual([1 / 3, 0, 2 / 3])
  const of = (prior: string) =>
    runNode(likelihoodWeights, { inputs: { models: [load('one'), load('one')], data }, params: { prior }, context: context() })
  expect((await of('3, 1')).outputs.weights).toBe('0.75, 0.25')
  await expect(of('-1, 1')).rejects.toMatchObject({ code: 'weights-parameter' })
  await expect(of('0, 0')).rejects.toMatchObject({ code: 'weights-parameter' })
})

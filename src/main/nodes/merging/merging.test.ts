import { describe, expect, it } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import type { WriteModelRequest } from '../../node-runtime'
import { createCatalog } from '../catalog'
import { runNode, testModel } from '../testing'
import loadWeights from './load-weights'
import merger from './merger'
import { perModelList } from './method-params'
import prune from './prune'
import { parseLayers } from './stack-layers'
import taskVector from './task-vector'
import writeModel from './write-model'

const load = (name: string): WeightsExpression => ({ op: 'load', model: { ...testModel, id: name, name } })
const mergeOf = async (inputs: Record<string, unknown>, params: Record<string, unknown> = {}) =>
  (await runNode(merger, { inputs, params })).outputs.weights as Extract<WeightsExpression, { op: 'merge' }>

it('the merging nodes pass the catalog', () => {
  const types = createCatalog()
    .specs()
    .filter(({ family }) => family === 'merging')
    .map(({ type }) => type)
  expect(types).toEqual(expect.arrayContaining(['load-weights', 'merger', 'prune', 'stack-layers', 'task-vector', 'write-model']))
})

describe('expressions', () => {
  it('load and task vector', async () => {
    const { outputs } = await runNode(loadWeights, { params: { model: testModel } })
    expect(outputs.weights).toEqual({ op: 'load', model: testModel })
    const delta = await runNode(taskVector, { inputs: { tuned: load('a'), base: load('b') } })
    expect(delta.outputs.delta).toEqual({ op: 'delta', tuned: load('a'), base: load('b') })
  })

  it('the merger passes the chosen method only its own settings', async () => {
    const average = await mergeOf({ models: [load('a'), load('b')] })
    expect(average).toEqual({
      op: 'merge',
      method: 'average',
      models: [load('a'), load('b')].map((weights) => ({ weights, params: {} })),
      params: {},
      seed: 0,
    })
    const ties = await mergeOf({ models: [load('a'), load('b')], base: load('c') }, { method: 'ties', weights: '1, 0.5', densities: '0.3' })
    expect(ties.base).toEqual(load('c'))
    expect(ties.models.map(({ params }) => params)).toEqual([
      { weight: 1, density: 0.3 },
      { weight: 0.5, density: 0.3 },
    ])
    expect(Object.keys(ties.params).sort()).toEqual(['join', 'normalize', 'rescale', 'scale', 'scope', 'vote', 'zeroSign'])
  })

  it('settings that differ between methods are kept apart, with their own defaults', async () => {
    const at = async (method: string) => (await mergeOf({ models: [load('a'), load('b')] }, { method })).params
    expect((await at('slerp')).t).toBe(0.5)
    expect((await at('nearswap')).t).toBe(0.001)
    expect((await at('linear')).normalize).toBe(true)
    expect((await at('task-arithmetic')).normalize).toBe(false)
  })

  it('a seed enters only where numbers are drawn', async () => {
    expect((await mergeOf({ models: [load('a')] }, { method: 'linear' })).seed).toBe(0)
    expect((await mergeOf({ models: [load('a')], base: load('b') }, { method: 'dare-linear' })).seed).toBe(1)
    const { outputs } = await runNode(prune, { inputs: { delta: load('a') }, params: { pruner: 'dare', density: 0.1 } })
    expect(outputs.delta).toMatchObject({ op: 'prune', pruner: 'dare', seed: 1, params: { density: 0.1 } })
  })

  it('a method that has no use for the base leaves it out, and says so', async () => {
    const { outputs, warnings } = await runNode(merger, { inputs: { models: [load('a'), load('b')], base: load('c') } })
    expect(outputs.weights).not.toHaveProperty('base')
    expect(warnings).toEqual(['Average makes no use of the base: it is left out.'])
  })

  it('schedules take the place of numbers', async () => {
    expect((await mergeOf({ models: [load('a'), load('b')] }, { method: 'slerp', schedules: { t: [0, 1] } })).params.t).toEqual([0, 1])
    expect(
      (await mergeOf({ models: [load('a'), load('b')] }, { method: 'linear', weights: '[[0, 1], 1]' })).models[0]?.params.weight,
    ).toEqual([0, 1])
  })
})

describe('lists', () => {
  it('one value for all, one for each, or none', () => {
    expect(perModelList('', 2, 'weights')).toEqual([undefined, undefined])
    expect(perModelList('0.5', 3, 'weights')).toEqual([0.5, 0.5, 0.5])
    expect(perModelList('1,-1', 2, 'weights')).toEqual([1, -1])
  })
  it('refuses another count and what is no number', () => {
    expect(() => perModelList('1, 2, 3', 2, 'weights')).toThrow(/3 values for 2 models/)
    expect(() => perModelList('1, x', 2, 'weights')).toThrow(/"x"/)
    expect(() => perModelList('1,,2', 3, 'weights')).toThrow(/no number/)
    expect(() => perModelList('[1,', 2, 'weights')).toThrow(/JSON/)
  })
  it('layers', () => {
    expect(parseLayers('0: 0-1, 1: 3 * 0.5')).toEqual([
      { source: 0, layer: 0 },
      { source: 0, layer: 1 },
      { source: 1, layer: 3, scale: 0.5 },
    ])
    expect(() => parseLayers('0: 3-1')).toThrow(/ends before it begins/)
    expect(() => parseLayers('all of it')).toThrow(/cannot read/)
  })
})

it('write model asks the runtime, reports progress and passes warnings on', async () => {
  const asked: WriteModelRequest[] = []
  const { outputs, warnings } = await runNode(writeModel, {
    inputs: { weights: load('a') },
    params: { name: '  ', dtype: 'F16' },
    context: {
      weights: {
        write: async (request, { onProgress }) => {
          asked.push(request)
          onProgress(1, 2)
          return { model: testModel, sizeBytes: 1, tensors: 1, ms: 1, warnings: ['a is quantized'] }
        },
      },
    },
  })
  expect(outputs.model).toBe(testModel)
  expect(asked).toMatchObject([{ expression: load('a'), name: 'merged', dtype: 'F16', recipe: {} }])
  expect(warnings).toEqual(['a is quantized'])
})

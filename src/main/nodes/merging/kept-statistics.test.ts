import { expect, it } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import { runNode, testContext } from '../testing'
import keptStatistics from './kept-statistics'
import keptStep from './kept-step'

const context = testContext()
const kept = async (statistics: unknown) => runNode(keptStatistics, { params: { statistics }, context })
const ref = { model: 'toy', quantities: ['energy'], texts: 0, tokens: 0 }
const load = (name: string): WeightsExpression => ({ op: 'load', model: { backend: 'llama-cpp', id: name, name } })

it('statistics are given back where they still are', async () => {
  const blob = await context.blobs.put(Uint8Array.of(1, 2, 3))
  expect((await kept({ ...ref, blob })).outputs.statistics).toMatchObject({ ...ref, blob })
})

it('elsewhere it says what to measure again', async () => {
  const made = { node: 'calibrate', models: ['toy-math'], params: { labels: 'sampled' }, texts: { name: 'sums', rows: 40, hash: 'abc' } }
  await expect(kept({ ...ref, blob: 'f'.repeat(64), made })).rejects.toMatchObject({
    code: 'statistics-missing',
    hint: expect.stringContaining('calibrate of toy-math with {"labels":"sampled"} on 40 rows of sums'),
  })
  await expect(kept({ blob: 'no hash' })).rejects.toThrow(/names no statistics/)
})

it.each<[string, unknown, readonly WeightsExpression[], RegExp]>([
  ['no step', {}, [load('a')], /holds no step/],
  ['another operation', { op: 'load' }, [load('a')], /holds no step/],
  ['one model zipped', { op: 'zip', groups: [] }, [load('a')], /zips two models, and has 1/],
  ['a method of the Merger', { op: 'merge', method: 'average', params: {} }, [load('a')], /no step with a node of its own/],
  ['two models corrected', { op: 'merge', method: 'repair', params: {} }, [load('a'), load('b')], /changes one model, and has 2/],
  ['a mixture of none', { op: 'experts', router: [], used: 1 }, [load('a')], /needs the shared model/],
])('a kept step: %s is refused', async (_, step, models, words) => {
  await expect(runNode(keptStep, { inputs: { models, statistics: [] }, params: { step }, context })).rejects.toThrow(words)
})

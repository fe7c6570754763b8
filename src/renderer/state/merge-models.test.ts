import { expect, it } from 'vitest'
import type { ModelCard } from '../../shared/api'
import { graph } from '../../shared/graph/testing'
import { mergeOf } from './merge-models'

it('loads each model, merges them in their order and writes the result under the names of both', () => {
  const cards = ['toy-math', 'toy-facts'].map((name) => ({ name, sha256: name.padEnd(64, '0') }) as ModelCard)
  const { document } = mergeOf(graph(), cards, new Map())
  expect(Object.values(document.nodes).map(({ type, title }) => [type, title])).toEqual([
    ['merger', undefined],
    ['write-model', undefined],
    ['load-weights', 'toy-math'],
    ['load-weights', 'toy-facts'],
  ])
  expect(document.nodes['write-model']?.params.name).toBe('toy-math-and-toy-facts')
  expect(document.wires).toEqual([
    { from: 'merger.weights', to: 'write-model.weights' },
    { from: 'load-weights.weights', to: 'merger.models#0' },
    { from: 'load-weights-2.weights', to: 'merger.models#1' },
  ])
  expect(Object.values(document.models).map(({ hint }) => hint)).toEqual(['toy-math', 'toy-facts'])
})

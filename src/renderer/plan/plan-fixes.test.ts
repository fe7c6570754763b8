import { describe, expect, it } from 'vitest'
import type { ModelCard } from '../../shared/api'
import { graph } from '../../shared/graph/testing'
import { planFixes } from './plan-fixes'

const card = (name: string, sizeBytes: number, more: object = {}) =>
  ({
    name,
    sha256: name,
    catalog: name,
    sizeBytes,
    state: 'present',
    architecture: 'llama',
    parameters: '7B',
    vocabulary: 'v',
    goodFor: ['text'],
    ...more,
  }) as unknown as ModelCard
const [fine, coarse, small] = [card('fine', 8e9), card('coarse', 4e9), card('small', 5e9, { parameters: '3B' })]
const document = {
  ...graph({ nodes: { a: { type: 'lm', params: { model: 'model:x' } }, m: { type: 'map' } } }),
  models: { x: { sha256: 'fine', catalog: 'fine' } },
}
const tight = { fits: false, reloads: 0 }

describe('what makes a plan fit', () => {
  it('is nothing where it fits and nothing is loaded twice', () => {
    expect(planFixes({ fits: true, reloads: 0 }, document, [fine, coarse])).toEqual([])
  })
  it('prefers the same model in a coarser quantisation to a smaller one', () => {
    const [first] = planFixes(tight, document, [fine, coarse, small])
    expect(first?.label).toBe('Use coarse for “x”')
    expect(first?.effect).toBe('saves about 4000 MB; the same model, coarser numbers')
    expect(first?.change(document).document.models.x).toMatchObject({ sha256: 'coarse' })
  })
  it('never offers what cannot do the same, or is not here', () => {
    const offered = planFixes(tight, document, [
      fine,
      card('judge', 1e9, { goodFor: ['embedding'] }),
      card('far', 1e9, { state: 'absent' }),
    ])
    expect(offered.map(({ label }) => label)).toEqual(['Run items one after the other'])
    expect(offered[0]?.change(document).document.nodes.m?.params.parallel).toBe(1)
  })
  it('offers to share one model where two can do the same', () => {
    const two = {
      ...document,
      nodes: { ...document.nodes, b: { type: 'lm', v: 1, params: { model: 'model:y' } } },
      models: { ...document.models, y: { sha256: 'small', catalog: 'small' } },
    }
    expect(planFixes(tight, two, [fine, small]).map(({ effect }) => effect)).toContain('saves about 3000 MB; shares the one that “y” uses')
  })
})

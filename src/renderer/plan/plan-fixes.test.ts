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
const tight = { fits: false, reloads: 0, peakBytes: 8e9, budgetBytes: 6e9 }

describe('what makes a plan fit', () => {
  it('is nothing where it fits and nothing is loaded twice', () => {
    expect(planFixes({ ...tight, fits: true }, document, [fine, coarse])).toEqual([])
  })
  it('prefers the same model in a coarser quantisation to a smaller one', () => {
    const [first] = planFixes(tight, document, [fine, coarse, small])
    expect(first?.label).toBe('Use coarse for “x”')
    expect(first?.effect).toBe('saves about 4000 MB; the same model, coarser numbers')
    expect(first?.change?.(document).document.models.x).toMatchObject({ sha256: 'coarse' })
  })
  it('never offers what cannot do the same, or is not here', () => {
    const offered = planFixes(tight, document, [
      fine,
      card('judge', 1e9, { goodFor: ['embedding'] }),
      card('far', 1e9, { state: 'absent' }),
    ])
    expect(offered.map(({ label }) => label)).toEqual(['Run items one after the other'])
    expect(offered[0]?.change?.(document).document.nodes.m?.params.parallel).toBe(1)
  })
  it('offers to share one model where two can do the same', () => {
    const two = {
      ...document,
      nodes: { ...document.nodes, b: { type: 'lm', v: 1, params: { model: 'model:y' } } },
      models: { ...document.models, y: { sha256: 'small', catalog: 'small' } },
    }
    expect(planFixes(tight, two, [fine, small]).map(({ effect }) => effect)).toContain('saves about 3000 MB; shares the one that “y” uses')
  })
  it('reduces contexts where answers may be long, in the graph and inside it', () => {
    const long = {
      ...document,
      nodes: { a: { type: 'lm', v: 1, params: { maxTokens: 4096 } }, b: { type: 'lm', v: 1, params: { maxTokens: 96 } } },
      subgraphs: { inner: { ...graph({ nodes: { c: { type: 'lm', params: { maxTokens: 300 } } } }) } },
    }
    const [first] = planFixes(tight, long, [fine])
    expect(first?.label).toBe('Reduce contexts: answers of at most 2048 tokens')
    const { nodes, subgraphs } = first?.change?.(long).document ?? long
    expect([nodes.a?.params.maxTokens, nodes.b?.params.maxTokens, subgraphs.inner?.nodes.c?.params.maxTokens]).toEqual([2048, 96, 256])
  })
  it('offers this machine what it has, and never more', () => {
    const settings = { memoryBudgetBytes: 6e9, gpuLayers: -1, device: 'auto' }
    const offer = (totalBytes: number, more = {}) =>
      planFixes(tight, document, [fine], { totalBytes, settings: { ...settings, ...more } }).map((fix) => fix.settings)
    expect(offer(32e9).filter(Boolean)).toEqual([{ memoryBudgetBytes: expect.closeTo(8.8e9, -8) }])
    expect(offer(8e9).filter(Boolean)).toEqual([])
    expect(offer(8e9, { gpuLayers: 40 }).filter(Boolean)).toEqual([{ gpuLayers: -1 }])
    expect(offer(8e9, { gpuLayers: 40, device: 'cpu' }).filter(Boolean)).toEqual([])
  })
})

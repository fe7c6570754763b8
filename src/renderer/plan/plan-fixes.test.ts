import { describe, expect, it } from 'vitest'
import type { ModelCard } from '../../shared/api'
import { apply } from '../../shared/graph/apply'
import { reverse } from '../../shared/graph/diff'
import type { GraphDocument } from '../../shared/graph/document'
import { planMemory } from '../../shared/graph/memory'
import { planRun } from '../../shared/graph/plan'
import { graph, testSpecs } from '../../shared/graph/testing'
import { type Machine, planFixes } from './plan-fixes'

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
  ...graph({ nodes: { a: { type: 'lm', params: { model: 'model:x' } } } }),
  models: { x: { sha256: 'fine', catalog: 'fine' } },
}

/** The plan as the house makes it: one place for both sides of a fix. */
const planOf = (graph: GraphDocument, library: readonly ModelCard[], budgetBytes: number) => {
  const memoryOf = (document: GraphDocument) =>
    planMemory(planRun({ document, specs: testSpecs }), document, library, { budgetBytes, specs: testSpecs })
  const { steps, models, peakBytes, reloads, tooLarge } = memoryOf(graph)
  const other = memoryOf({ ...graph, branches: 'sequence' })
  return {
    steps: [],
    models: models.map(({ name, sizeBytes, memoryBytes }) => ({ name, sizeBytes, memoryBytes, loaded: false, nodes: [] })),
    memory: steps,
    fits: tooLarge.length === 0,
    reloads,
    peakBytes,
    budgetBytes,
    branches: { chosen: 'beside' as const, other: { peakBytes: other.peakBytes, reloads: other.reloads } },
  }
}
const budget = 6e9
const fixesOf = (document: GraphDocument, library: readonly ModelCard[], machine?: Machine, budgetBytes = budget) =>
  planFixes(planOf(document, library, budgetBytes), document, { library, specs: testSpecs, ...(machine ? { machine } : {}) })

/** Each edit that is offered makes the same plan come to less, and goes away in one step. */
function holdsItsWord(document: GraphDocument, library: readonly ModelCard[], label: RegExp, budgetBytes = budget): void {
  const fix = fixesOf(document, library, undefined, budgetBytes).find((one) => label.test(one.label))
  const after = fix?.change?.(document)
  if (!after) throw new Error(`${label} was not offered`)
  const was = planOf(document, library, budgetBytes)
  const is = planOf(after.document, library, budgetBytes)
  expect([is.fits, is.reloads <= was.reloads, is.peakBytes < was.peakBytes]).toEqual([true, true, true])
  expect(apply(after.document, reverse(after.diff))).toEqual(document)
}

describe('what makes a plan fit', () => {
  it('is nothing where it fits and nothing is loaded twice', () => {
    expect(fixesOf(document, [fine, coarse], undefined, 20e9)).toEqual([])
  })
  it('prefers the same model in a coarser quantisation to a smaller one', () => {
    const [first] = fixesOf(document, [fine, coarse, small])
    expect(first?.label).toBe('Use coarse for “x”')
    expect(first?.effect).toBe('saves about 4000 MB; the same model, coarser numbers')
    expect(first?.change?.(document).document.models.x).toMatchObject({ sha256: 'coarse' })
    holdsItsWord(document, [fine, coarse], /^Use coarse/)
  })
  it('never offers what cannot do the same, or is not here', () => {
    const library = [fine, card('judge', 1e9, { goodFor: ['embedding'] }), card('far', 1e9, { state: 'absent' })]
    expect(fixesOf(document, library)).toEqual([])
  })
  it('never offers another model where the plan would come to no less', () => {
    // the large model that two nodes name is not what is loaded twice, and the smaller one is already there
    const resting = { ...planOf(document, [fine, coarse], budget), steps: [{ node: 'a', action: 'cached' as const, reason: 'kept' }] }
    const muted = { ...document, nodes: { a: { ...document.nodes.a!, muted: true } } }
    expect(planFixes(resting, muted, { library: [fine, coarse], specs: testSpecs })).toEqual([])
  })
  it('offers to share one model where two can do the same', () => {
    const two = {
      ...document,
      nodes: { ...document.nodes, b: { type: 'lm', v: 1, params: { model: 'model:y' } } },
      models: { ...document.models, y: { sha256: 'small', catalog: 'small' } },
    }
    expect(fixesOf(two, [fine, small]).map(({ effect }) => effect)).toContain('saves about 3000 MB; shares the one that “y” uses')
    holdsItsWord(two, [fine, small], /^Use small for “x”/)
  })
  it('runs branches in sequence where models would else make room for each other in turns, and only there', () => {
    const lm = (alias: string) => ({ type: 'lm', params: { model: `model:${alias}` } })
    const judge = card('judge', 3e9)
    const made = (wires: string[]): GraphDocument => ({
      ...graph({ nodes: { a: lm('x'), b: lm('y'), judgeA: lm('z'), judgeB: lm('z') }, wires }),
      models: { x: { sha256: 'coarse' }, y: { sha256: 'small' }, z: { sha256: 'judge' } },
    })
    const branched = made(['a.text > judgeA.prompt', 'b.text > judgeB.prompt'])
    const labels = (document: GraphDocument, budgetBytes: number) =>
      fixesOf(document, [coarse, small, judge], undefined, budgetBytes).map(({ label }) => label)
    expect(labels(branched, 8e9)).toContain('Run branches in sequence')
    holdsItsWord(branched, [coarse, small, judge], /^Run branches in sequence/, 8e9)
    expect(labels(branched, 15e9)).toEqual([])
    // nothing of it helps a step that is too large by itself
    expect(labels(branched, 4e9)).not.toContain('Run branches in sequence')
  })
  it('reduces contexts where answers may be long, in the graph and inside it', () => {
    const long = {
      ...document,
      nodes: {
        a: { type: 'lm', v: 1, params: { model: 'model:x', maxTokens: 4096 } },
        b: { type: 'lm', v: 1, params: { maxTokens: 96 } },
        s: { type: 'subgraph', v: 1, params: {}, subgraph: 'inner' },
        t: { type: 'template', v: 1, params: { maxTokens: 9000 } },
      },
      subgraphs: { inner: { ...graph({ nodes: { c: { type: 'lm', params: { model: 'model:x', maxTokens: 300 } } } }) } },
    }
    const [first] = fixesOf(long, [fine])
    expect(first?.label).toBe('Reduce contexts: answers of at most 2048 tokens')
    const { nodes, subgraphs } = first?.change?.(long).document ?? long
    expect([nodes.a?.params.maxTokens, nodes.b?.params.maxTokens, subgraphs.inner?.nodes.c?.params.maxTokens]).toEqual([2048, 96, 256])
  })
  it('says what shorter contexts save before anything was measured, and offers none that save nothing', () => {
    const cache = { layers: 32, heads: 8, keys: 128, values: 128 }
    const shape = {
      architecture: 'llama',
      vocabularySize: 32000,
      hasMerges: false,
      embeddingDimensions: 4096,
      attentionHeads: 32,
      feedForward: 11008,
      hasFloatWeights: false,
      cache,
    }
    const known = card('fine', 8e9, { context: { shape, onCpu: true, mostTokens: 8192 } })
    const asking = (maxTokens: number) => ({
      ...document,
      nodes: { a: { type: 'lm', v: 1, params: { model: 'model:x', maxTokens } } },
    })
    const [fix] = fixesOf(asking(4096), [known])
    // half of 8,192 cells of 32 layers × 8 heads × (2 × 128 + 34/32 × 128) bytes, and what is computed with between
    expect(fix?.effect).toMatch(/^instead of 4096; longer answers end there, which saves about 4\d\d MB$/)
    expect(planOf(asking(2048), [known], 20e9).peakBytes).toBeLessThan(planOf(asking(4096), [known], 20e9).peakBytes)
    // a context has 512 cells at the least
    const small = { context: { shape, onCpu: true, mostTokens: 512 } }
    expect(fixesOf(asking(4096), [card('fine', 8e9, small)])).toEqual([])
  })
  it('offers this machine what it has, and never more', () => {
    const settings = { memoryBudgetBytes: 6e9, gpuLayers: -1, device: 'auto' }
    const offer = (totalBytes: number, more = {}) =>
      fixesOf(document, [fine], { totalBytes, settings: { ...settings, ...more } }).map((fix) => fix.settings)
    expect(offer(32e9).filter(Boolean)).toEqual([{ memoryBudgetBytes: expect.closeTo(8.8e9, -8) }])
    expect(offer(8e9).filter(Boolean)).toEqual([])
    expect(offer(8e9, { gpuLayers: 40 }).filter(Boolean)).toEqual([{ gpuLayers: -1 }])
    expect(offer(8e9, { gpuLayers: 40, device: 'cpu' }).filter(Boolean)).toEqual([])
  })
})

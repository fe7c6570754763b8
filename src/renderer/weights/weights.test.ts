import { describe, expect, it } from 'vitest'
import type { GraphDocument } from '../../shared/graph/document'
import type { RunState } from '../../shared/run/fold'
import type { TensorReport, WeightsReport } from '../../shared/weights-report'
import { figureOf, formatFigure, heatMap, isShare, offeredOf, overall, strongest } from './heat'
import { partText } from './part-names'
import { surveyedNode } from './surveyed'

const tensor = (layer: number | null, part: string, more: Partial<TensorReport> = {}): TensorReport => ({
  name: layer === null ? `${part}.weight` : `blk.${layer}.${part}.weight`,
  layer,
  part,
  shape: [2, 2],
  change: 0.1,
  changes: [0.2, 0.3],
  unchanged: 0,
  unchangedOf: [0.5, 0],
  coefficients: [],
  conflicts: 0.25,
  ...more,
})
const report = (tensors: TensorReport[]): WeightsReport => ({
  reference: 'base',
  isDelta: false,
  models: ['a', 'b'],
  tensors,
  cosines: [],
  elements: 0,
  ms: 0,
  readBytes: 0,
  sizes: [],
  warnings: [],
})

describe('the heat map', () => {
  it('against the mean tells distances of models, and nothing that the mean brings about by itself', () => {
    const shown = (reference: WeightsReport['reference'], models = ['a', 'b']) => {
      const { figures, cosines, first } = offeredOf({ reference, models, tensors: [tensor(0, 'attn_q')] })
      return { figures: figures.map(({ figure }) => figure), cosines, first }
    }
    expect(shown('base')).toEqual({ figures: ['change', 'conflicts', 'unchanged'], cosines: true, first: -1 })
    expect(shown('base', ['a'])).toEqual({ figures: ['change', 'unchanged'], cosines: false, first: -1 })
    expect(shown('mean')).toEqual({ figures: ['change', 'unchanged'], cosines: false, first: 0 })
    expect(shown('none', ['a'])).toEqual({ figures: ['change', 'unchanged'], cosines: false, first: -1 })
  })
  it('shows coefficients where the method has some, negative ones too, as they are', () => {
    const tensors = [tensor(0, 'attn_q', { coefficients: [0.25, -0.75] }), tensor(1, 'attn_q', { coefficients: [0.5, 0.5] })]
    expect(offeredOf({ reference: 'mean', models: ['a', 'b'], tensors }).figures.map(({ figure }) => figure)).toContain('coefficient')
    const shown = { figure: 'coefficient', of: 1 } as const
    expect(figureOf(tensors[0] as TensorReport, shown)).toBe(-0.75)
    expect(heatMap(report(tensors), shown).most).toBe(0.75)
    expect(formatFigure(-0.75, isShare(shown, { reference: 'mean' }))).toBe('−0.750')
  })
  it('has layers across, parts down, and what stands outside apart', () => {
    const map = heatMap(report([tensor(null, 'token_embd'), tensor(10, 'attn_q'), tensor(2, 'attn_q'), tensor(2, 'ffn_up')]), {
      figure: 'change',
      of: -1,
    })
    expect(map.layers).toEqual([2, 10])
    expect(map.rows.map(({ part, cells }) => [part, cells.map((cell) => cell?.layer)])).toEqual([
      ['attn_q', [2, 10]],
      ['ffn_up', [2, undefined]],
    ])
    expect(map.outside.map(({ part }) => part)).toEqual(['token_embd'])
    expect(map.most).toBe(0.1)
  })

  it('begins at the tensor with the largest figure, the first of equals', () => {
    const tensors = [tensor(0, 'attn_q'), tensor(1, 'attn_q', { change: 0.4 }), tensor(2, 'attn_q', { change: 0.4, conflicts: 0.9 })]
    expect(strongest({ tensors }, { figure: 'change', of: -1 })?.layer).toBe(1)
    expect(strongest({ tensors }, { figure: 'conflicts', of: -1 })?.layer).toBe(2)
    expect(strongest({ tensors: [] }, { figure: 'change', of: -1 })).toBeUndefined()
  })

  it('names parts in words where they are known', () => {
    expect(['attn_q', 'attn_q.bias', 'ffn_down.weight', 'toString', ''].map(partText)).toEqual([
      'attention, queries',
      'attention, queries, bias',
      'feed-forward, out of its units',
      '',
      '',
    ])
  })

  it('shows a figure of the result or of one model; conflicts belong to nobody', () => {
    const one = tensor(0, 'attn_q')
    expect(figureOf(one, { figure: 'change', of: 1 })).toBe(0.3)
    expect(figureOf(one, { figure: 'unchanged', of: 0 })).toBe(0.5)
    expect(figureOf(one, { figure: 'conflicts', of: 1 })).toBe(0.25)
    expect(heatMap(report([]), { figure: 'change', of: -1 })).toMatchObject({ layers: [], rows: [], outside: [] })
  })

  it('weighs tensors by their size', () => {
    expect(
      overall([tensor(0, 'a', { shape: [1], conflicts: 1 }), tensor(0, 'b', { shape: [3], conflicts: 0 })], (one) => one.conflicts),
    ).toBe(0.25)
    expect(overall([], () => 1)).toBe(0)
    expect([0, 0.0213, 0.5, 0.0004].map((value) => formatFigure(value, true))).toEqual(['0 %', '2.1 %', '50 %', '0.04 %'])
  })
})

describe('whose weights are looked at', () => {
  const document = {
    nodes: { a: { type: 'load' }, m: { type: 'merger' }, w: { type: 'write-model' }, t: { type: 'text' } },
    wires: [
      { from: 'a.weights', to: 'm.models#0' },
      { from: 'm.weights', to: 'w.weights' },
    ],
    interface: { inputs: {}, outputs: {} },
  } as unknown as GraphDocument
  const weights = (sha: string) => ({ outputs: { weights: { kind: 'weights', list: false, sha } } })
  const run = {
    nodes: { a: weights('1'), m: weights('2'), w: { outputs: { model: { kind: 'model', list: false, sha: '3' } } } },
  } as unknown as RunState

  it('are those of the chosen node, else those that feed it', () => {
    expect(surveyedNode(document, run, ['a'])?.node).toBe('a')
    expect(surveyedNode(document, run, ['w'])?.node).toBe('m')
    expect(surveyedNode(document, run, ['t'])).toBeUndefined()
  })

  it('are what comes out last when nothing is chosen, and nobody’s before a run', () => {
    expect(surveyedNode(document, run, [])?.node).toBe('m')
    expect(surveyedNode(document, { nodes: {} } as unknown as RunState, [])).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import type { ModelCard } from '../../shared/api'
import type { GraphDocument } from '../../shared/graph/document'
import { questionFor } from './ask-models'

const empty: GraphDocument = {
  format: 'tributary/graph',
  version: 1,
  id: 'g',
  name: '',
  interface: { inputs: {}, outputs: {} },
  models: {},
  nodes: {},
  wires: [],
  subgraphs: {},
  ui: { nodes: {}, frames: [], notes: [] },
}

const card = (name: string): ModelCard => ({
  name,
  sha256: name.padEnd(64, '0'),
  state: 'present',
  toy: true,
  description: '',
  architecture: 'llama',
  parameters: '',
  quantization: '',
  sizeBytes: 1,
  licence: '',
  goodFor: ['text'],
  source: '',
  usedBy: [],
})

describe('a question for several models', () => {
  it('gives each the same question and an answer under its own name', () => {
    const { document } = questionFor(empty, [card('merged'), card('first'), card('second')], 2)
    expect(Object.keys(document.interface.inputs)).toEqual(['question'])
    expect(Object.keys(document.interface.outputs)).toEqual(['merged', 'first', 'second'])
    expect(Object.values(document.nodes).map(({ type, v }) => `${type} ${v}`)).toEqual(Array(3).fill('language-model 2'))
    expect(Object.values(document.models).map(({ hint }) => hint)).toEqual(['merged', 'first', 'second'])
    expect(document.wires.filter(({ from }) => from === '@question')).toHaveLength(3)
  })
  it('names a model once that is asked twice', () => {
    const { document } = questionFor(empty, [card('same'), card('same')], 1)
    expect(Object.keys(document.models)).toHaveLength(1)
    expect(Object.keys(document.interface.outputs)).toHaveLength(2)
  })
})

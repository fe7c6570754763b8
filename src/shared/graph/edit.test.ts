import { cpuUsage } from 'node:process'
import { describe, expect, it } from 'vitest'
import { apply } from './apply'
import { serializeGraph } from './canonical'
import { reverse } from './diff'
import type { GraphDocument } from './document'
import * as edit from './edit'
import { copyFragment, parseFragment, serializeFragment } from './fragment'
import { body, graph, testSpecs } from './testing'
import { validateGraph } from './validate'

const start = () =>
  graph({
    nodes: { ask: 'template', small: { type: 'lm', params: { model: 'model:small' } }, large: 'lm', rank: 'rank' },
    wires: [
      '@question > ask.question',
      'ask.text > small.prompt',
      'ask.text > large.prompt',
      'small.text > rank.candidates#0',
      'large.text > rank.candidates#1',
      '@question > rank.question',
    ],
    interface: { inputs: { question: { type: 'text' } }, outputs: { answer: { type: 'text', from: 'rank.best' } } },
    models: { small: { catalog: 'toy-base' } },
    ui: {
      nodes: { ask: { x: 0, y: 0 }, small: { x: 300, y: 0 }, large: { x: 300, y: 200 }, rank: { x: 600, y: 100 } },
      frames: [{ id: 'f', title: 'Both', nodes: ['small', 'large'] }],
    },
  })

const wires = (document: GraphDocument): string[] => document.wires.map(({ from, to }) => `${from} > ${to}`).sort()

describe('nodes', () => {
  it('get ids from their type, counted where taken', () => {
    const first = edit.addNode(start(), { type: 'lm', at: { x: 1, y: 2 } })
    expect(first.id).toBe('lm')
    expect(edit.addNode(first.document, { type: 'lm' }).id).toBe('lm-2')
    expect(first.document.ui.nodes.lm).toEqual({ x: 1, y: 2 })
  })

  it('never take an id that a dangling wire still names', () => {
    const document = graph({ nodes: { a: 'lm' }, wires: ['lm.text > a.prompt'] })
    expect(edit.addNode(document, { type: 'lm' }).id).toBe('lm-2')
  })

  it('go with their wires, layout and places in frames; the output of the graph opens', () => {
    const { document } = edit.removeNodes(start(), { nodes: ['small', 'rank'] })
    expect(wires(document)).toEqual(['@question > ask.question', 'ask.text > large.prompt'])
    expect(document.ui.nodes.small).toBeUndefined()
    expect(document.ui.frames[0]?.nodes).toEqual(['large'])
    expect(document.interface.outputs.answer).toEqual({ type: 'text' })
  })

  it('heal: what came in first flows on, over a chain of removed nodes, and into outputs', () => {
    const { document } = edit.removeNodes(start(), { nodes: ['ask', 'small'], heal: true })
    expect(wires(document)).toEqual([
      '@question > large.prompt',
      '@question > rank.candidates#0',
      '@question > rank.question',
      'large.text > rank.candidates#1',
    ])
    expect(edit.removeNodes(start(), { nodes: ['rank'], heal: true }).document.interface.outputs.answer?.from).toBe('small.text')
  })

  it('heal: the first that fits, and no wire where nothing does', () => {
    const fits = (from: string) => from.startsWith('large')
    const answer = (chosen: (from: string) => boolean) =>
      edit.removeNodes(start(), { nodes: ['rank'], heal: true, fits: chosen }).document.interface.outputs.answer
    expect(answer(fits)?.from).toBe('large.text')
    expect(answer(() => false)).toEqual({ type: 'text' })
  })

  it('a param set and reset leaves nothing behind; setting the same again is no edit', () => {
    const document = start()
    const set = edit.setParam(document, { node: 'small', param: 'temperature', value: 0.2 })
    expect(edit.setParam(set.document, { node: 'small', param: 'temperature', value: 0.2 }).document).toBe(set.document)
    const reset = edit.setParam(set.document, { node: 'small', param: 'temperature', value: undefined })
    expect(serializeGraph(reset.document)).toBe(serializeGraph(document))
    expect(() => edit.setParam(document, { node: 'small', param: 'temperature', value: Number.NaN })).toThrow('cannot be NaN')
    expect(() => edit.setParam(document, { node: 'nobody', param: 'x', value: 1 })).toThrow('no node “nobody”')
  })

  it('muting and unmuting, a title and no title, a policy and none come back to the same bytes', () => {
    const document = start()
    const muted = edit.setMuted(document, { nodes: ['small', 'large'], muted: true }).document
    expect(muted.nodes.small?.muted).toBe(true)
    const back = edit.setMuted(muted, { nodes: ['small', 'large'], muted: false }).document
    const titled = edit.setTitle(edit.setTitle(back, { node: 'ask', title: 'x' }).document, { node: 'ask', title: '' }).document
    expect(serializeGraph(titled)).toBe(serializeGraph(document))
  })
})

describe('wires', () => {
  it('a wire into a port that takes one replaces the one there', () => {
    const { document } = edit.connect(start(), { from: 'small.text', to: 'large.prompt' })
    expect(wires(document)).toContain('small.text > large.prompt')
    expect(wires(document)).not.toContain('ask.text > large.prompt')
  })

  it('a wire into a taken place of a port that takes many moves the others up', () => {
    const { document } = edit.connect(start(), { from: 'ask.text', to: 'rank.candidates#0' })
    expect(wires(document).filter((wire) => wire.includes('candidates'))).toEqual([
      'ask.text > rank.candidates#0',
      'large.text > rank.candidates#2',
      'small.text > rank.candidates#1',
    ])
  })

  it('a wire to an output of the graph is its “from”; disconnecting opens it', () => {
    const { document } = edit.connect(start(), { from: 'small.text', to: '=answer' })
    expect(document.interface.outputs.answer?.from).toBe('small.text')
    expect(edit.disconnect(document, { wires: [{ from: 'small.text', to: '=answer' }] }).document.interface.outputs.answer).toEqual({
      type: 'text',
    })
  })

  it('rewire moves one end in one edit', () => {
    const { document, diff } = edit.rewire(start(), {
      wire: { from: '@question', to: 'rank.question' },
      from: 'ask.text',
      to: 'rank.question',
    })
    expect(wires(document)).toContain('ask.text > rank.question')
    expect(Object.keys(diff.added)).toHaveLength(1)
    expect(Object.keys(diff.removed)).toHaveLength(1)
  })

  it('a node inserted into a wire stands between its ends', () => {
    const { document, id } = edit.insertNode(start(), {
      type: 'template',
      v: 1,
      wire: { from: 'small.text', to: 'rank.candidates#0' },
      input: 'question',
      output: 'text',
    })
    expect(wires(document)).toContain(`small.text > ${id}.question`)
    expect(wires(document)).toContain(`${id}.text > rank.candidates#0`)
    expect(wires(document)).not.toContain('small.text > rank.candidates#0')
  })

  it('reordering renumbers the wires of one port', () => {
    const { document } = edit.reorderWires(start(), { node: 'rank', port: 'candidates', froms: ['large.text', 'small.text'] })
    expect(wires(document).filter((wire) => wire.includes('candidates'))).toEqual([
      'large.text > rank.candidates#0',
      'small.text > rank.candidates#1',
    ])
  })

  it('nonsense is refused with a sentence', () => {
    expect(() => edit.connect(start(), { from: 'small', to: 'rank.question' })).toThrow('no wire can go')
    expect(() => edit.connect(start(), { from: '@nobody', to: 'rank.question' })).toThrow('no input “nobody”')
  })
})

describe('inputs and outputs of the graph', () => {
  it('renaming an input takes its wires, its place and outputs that come straight from it along', () => {
    const passed = edit.addPort(start(), { side: 'outputs', name: 'asked', type: 'text', from: '@question' }).document
    const placed = edit.moveNodes(passed, { positions: { '@question': { x: -200, y: 0 } } }).document
    const { document, name } = edit.renamePort(placed, { side: 'inputs', name: 'question', to: 'the topic' })
    expect(name).toBe('the-topic')
    expect(wires(document).filter((wire) => wire.startsWith('@'))).toEqual(['@the-topic > ask.question', '@the-topic > rank.question'])
    expect(document.ui.nodes['@the-topic']).toEqual({ x: -200, y: 0 })
    expect(document.interface.outputs.asked?.from).toBe('@the-topic')
  })

  it('removing an input removes its wires', () => {
    const { document } = edit.removePort(start(), { side: 'inputs', name: 'question' })
    expect(document.interface.inputs).toEqual({})
    expect(wires(document).some((wire) => wire.startsWith('@'))).toBe(false)
  })

  it('renaming a port of a subgraph takes the wires of its containers along', () => {
    const made = edit.makeSubgraph(start(), { nodes: ['small'], name: 'Inner', type: 'subgraph', v: 1, kindOf: () => 'text' })
    const { document } = edit.renamePort(made.document, { scope: made.subgraph, side: 'inputs', name: 'prompt', to: 'ask' })
    expect(wires(document)).toContain(`ask.text > ${made.node}.ask`)
    expect(document.subgraphs[made.subgraph]?.wires).toEqual([{ from: '@ask', to: 'small.prompt' }])
  })
})

describe('copy and paste', () => {
  it('pastes under fresh ids with the wires among the copied, and finds the same model again', () => {
    const text = serializeFragment(copyFragment(start(), { nodes: ['small', 'rank'] }))
    const parsed = parseFragment(text)
    if (!parsed.ok) throw new Error(parsed.error.message)
    const { document, ids } = edit.pasteFragment(start(), { fragment: parsed.fragment, at: { x: 1000, y: 1000 } })
    expect([...ids]).toEqual([
      ['rank', 'rank-2'],
      ['small', 'small-2'],
    ])
    expect(wires(document)).toContain('small-2.text > rank-2.candidates#0')
    expect(Object.keys(document.models)).toEqual(['small'])
    expect(document.ui.nodes['small-2']).toEqual({ x: 1000, y: 1000 })
  })

  it('keeps incoming wires if asked, where their beginnings are there', () => {
    const fragment = copyFragment(start(), { nodes: ['rank'] })
    const kept = edit.pasteFragment(start(), { fragment, keepIncoming: true }).document
    expect(wires(kept).filter((wire) => wire.includes('rank-2'))).toEqual([
      '@question > rank-2.question',
      'large.text > rank-2.candidates#1',
      'small.text > rank-2.candidates#0',
    ])
    const elsewhere = edit.pasteFragment(graph(), { fragment, keepIncoming: true }).document
    expect(elsewhere.wires).toEqual([])
    expect(elsewhere.nodes.rank).toBeDefined()
  })

  it('a thousand nodes are duplicated in well under a second', () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `n-${i}`)
    const many = graph({
      nodes: Object.fromEntries(ids.map((id) => [id, 'lm'])),
      wires: ids.slice(1).map((id, i) => `n-${i}.text > ${id}.prompt`),
    })
    const begun = cpuUsage()
    const { document } = edit.duplicateNodes(many, { nodes: ids })
    expect(Object.keys(document.nodes)).toHaveLength(2000)
    expect(cpuUsage(begun).user / 1000).toBeLessThan(1000)
  })

  it('another model under the same alias gets an alias of its own', () => {
    const fragment = copyFragment(start(), { nodes: ['small'] })
    const other = graph({ models: { small: { catalog: 'another' } } })
    const { document } = edit.pasteFragment(other, { fragment })
    expect(document.models).toMatchObject({ small: { catalog: 'another' }, 'small-2': { catalog: 'toy-base' } })
    expect(document.nodes.small?.params.model).toBe('model:small-2')
  })

  it('refuses what is no fragment', () => {
    expect(parseFragment('some text that happened to be in the clipboard')).toMatchObject({ ok: false })
  })
})

describe('subgraphs', () => {
  it('what is made and unpacked again computes the same', () => {
    const before = start()
    const made = edit.makeSubgraph(before, { nodes: ['small', 'large'], name: 'Both models', type: 'subgraph', v: 1, kindOf: () => 'text' })
    expect(Object.keys(made.document.nodes).sort()).toEqual(['Both-models', 'ask', 'rank'])
    expect(wires(made.document)).toEqual([
      '@question > ask.question',
      '@question > rank.question',
      'Both-models.text > rank.candidates#0',
      'Both-models.text-2 > rank.candidates#1',
      'ask.text > Both-models.prompt',
    ])
    expect(validateGraph(made.document, testSpecs).filter(({ severity, code }) => severity === 'error' && code !== 'model-unset')).toEqual(
      [],
    )
    const back = edit.unpackSubgraph(made.document, { node: made.node })
    expect(wires(back.document)).toEqual(wires(before))
    expect(back.document.nodes).toEqual(before.nodes)
    expect(back.document.subgraphs).toEqual({})
  })

  it('a selection that would wait for itself is refused, naming the node between', () => {
    expect(() => edit.makeSubgraph(start(), { nodes: ['ask', 'rank'], name: 'x', type: 'subgraph', v: 1, kindOf: () => 'text' })).toThrow(
      /lies between/,
    )
  })

  it('stays in the file while another container runs it', () => {
    const made = edit.makeSubgraph(start(), { nodes: ['small'], name: 'One', type: 'subgraph', v: 1, kindOf: () => 'text' })
    const twice = edit.duplicateNodes(made.document, { nodes: [made.node] })
    const back = edit.unpackSubgraph(twice.document, { node: made.node })
    expect(Object.keys(back.document.subgraphs)).toEqual([made.subgraph])
  })

  it('edits work inside, and are undone from outside', () => {
    const document = graph({ subgraphs: { inner: body({ nodes: { t: 'text' } }) } })
    const { document: after, diff } = edit.setParam(document, { scope: 'inner', node: 't', param: 'text', value: 'hi' })
    expect(after.subgraphs.inner?.nodes.t?.params).toEqual({ text: 'hi' })
    expect(Object.keys(diff.updated)).toEqual(['subgraphs/inner/nodes/t'])
    expect(serializeGraph(apply(after, reverse(diff)))).toBe(serializeGraph(document))
  })
})

describe('models', () => {
  it('the same model gets no second alias; renaming an alias takes params along', () => {
    expect(edit.addModelAlias(start(), { wanted: 'again', model: { catalog: 'toy-base' } }).alias).toBe('small')
    const { document, alias } = edit.renameModelAlias(start(), { alias: 'small', to: 'tiny' })
    expect(alias).toBe('tiny')
    expect(document.nodes.small?.params.model).toBe('model:tiny')
  })
})

describe('layout', () => {
  const sizes = {
    ask: { width: 100, height: 50 },
    small: { width: 200, height: 50 },
    large: { width: 100, height: 50 },
    rank: { width: 100, height: 50 },
  }

  it('aligns on the edges and middles of the selection', () => {
    const nodes = ['ask', 'small', 'rank']
    const x = (to: edit.Alignment) => nodes.map((id) => edit.alignNodes(start(), { nodes, to, sizes }).document.ui.nodes[id]?.x)
    expect(x('left')).toEqual([0, 0, 0])
    expect(x('right')).toEqual([600, 500, 600])
    expect(x('center')).toEqual([300, 250, 300])
    expect(x('top')).toEqual([0, 300, 600])
  })

  it('distributes with equal gaps, the outermost staying', () => {
    const { document } = edit.distributeNodes(start(), { nodes: ['ask', 'small', 'rank'], along: 'x', sizes })
    expect(['ask', 'small', 'rank'].map((id) => document.ui.nodes[id]?.x)).toEqual([0, 250, 600])
  })
})

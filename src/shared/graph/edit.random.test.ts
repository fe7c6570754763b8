import { describe, expect, it } from 'vitest'
import { apply } from './apply'
import { serializeGraph } from './canonical'
import { type Diff, isEmpty, reverse, squash } from './diff'
import type { GraphDocument } from './document'
import * as edit from './edit'
import { loadGraph } from './load'
import { graph, randomOf, testSpecs } from './testing'

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

/** One random edit of any kind; whatever a person cannot do at this moment is passed over. */
function randomEdit(document: GraphDocument, random: () => number): edit.Edited {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  const scopes = [undefined, ...Object.keys(document.subgraphs)]
  const scope = random() < 0.7 ? undefined : pick(scopes)
  const here = scope === undefined ? document : (document.subgraphs[scope] as GraphDocument)
  const ids = Object.keys(here.nodes)
  const some = ids.filter(() => random() < 0.4)
  const node = pick(ids)
  const from =
    random() < 0.2 && Object.keys(here.interface.inputs).length > 0 ? `@${pick(Object.keys(here.interface.inputs))}` : `${node}.text`
  const to = pick([
    `${pick(ids)}.prompt`,
    `${pick(ids)}.candidates#${Math.floor(random() * 4)}`,
    `=${pick(Object.keys(here.interface.outputs))}`,
  ])
  const number = () => Math.round(random() * 1000) / 7
  const choices: (() => edit.Edited)[] = [
    () => edit.addNode(document, { scope, type: pick([...testSpecs.keys()]), at: { x: number(), y: number() } }),
    () => edit.addNode(document, { scope, type: 'lm', at: { x: number(), y: number() } }),
    () => edit.removeNodes(document, { scope, nodes: some.slice(0, 3), heal: random() < 0.5 }),
    () => edit.connect(document, { scope, from, to }),
    () => edit.connect(document, { scope, from, to }),
    () => edit.disconnect(document, { scope, wires: here.wires.filter(() => random() < 0.2) }),
    () => edit.rewire(document, { scope, wire: pick(here.wires), from, to }),
    () => edit.insertNode(document, { scope, type: 'template', wire: pick(here.wires), input: 'question', output: 'text' }),
    () => edit.reorderWires(document, { scope, node, port: 'candidates', froms: [from] }),
    () =>
      edit.setParam(document, {
        scope,
        node,
        param: pick(['temperature', 'text', 'model']),
        value: pick([1, 'x', null, undefined, { a: [1] }]),
      }),
    () => edit.setTitle(document, { scope, node, title: pick(['', 'A', 'B "q"\n', '→']) }),
    () => edit.setSeed(document, { scope, node, seed: pick([null, undefined, 7]) }),
    () => edit.setPolicy(document, { scope, node, policy: pick([undefined, { onError: 'wire' as const, retries: 1 }]) }),
    () => edit.setMuted(document, { scope, nodes: some, muted: random() < 0.5 }),
    () => edit.setBypassed(document, { scope, nodes: some, bypassed: random() < 0.5 }),
    () => edit.moveNodes(document, { scope, positions: Object.fromEntries(some.map((id) => [id, { x: number(), y: number() }])) }),
    () => edit.resizeNode(document, { scope, node, width: number(), height: number() }),
    () => edit.setCollapsed(document, { scope, nodes: some, collapsed: random() < 0.5 }),
    () => edit.alignNodes(document, { scope, nodes: [node, pick(ids)], to: pick(['left', 'middle']), sizes: {} }),
    () => edit.addNote(document, { scope, x: number(), y: number(), text: 'hi' }),
    () => edit.updateNote(document, { scope, id: pick(here.ui.notes).id, changes: { text: 'ho' } }),
    () => edit.removeNotes(document, { scope, ids: [pick(here.ui.notes).id] }),
    () => edit.addFrame(document, { scope, nodes: some }),
    () => edit.updateFrame(document, { scope, id: pick(here.ui.frames).id, changes: { title: 't', collapsed: true } }),
    () => edit.removeFrames(document, { scope, ids: [pick(here.ui.frames).id] }),
    () => edit.addPort(document, { scope, side: pick(['inputs', 'outputs']), name: pick(['a', 'b']), type: 'text' }),
    () => edit.renamePort(document, { scope, side: 'inputs', name: pick(Object.keys(here.interface.inputs)), to: pick(['a', 'c']) }),
    () => edit.renamePort(document, { scope, side: 'outputs', name: pick(Object.keys(here.interface.outputs)), to: pick(['a', 'c']) }),
    () =>
      edit.updatePort(document, {
        scope,
        side: 'inputs',
        name: pick(Object.keys(here.interface.inputs)),
        changes: { doc: pick(['d', undefined]) },
      }),
    () => edit.removePort(document, { scope, side: 'inputs', name: pick(Object.keys(here.interface.inputs)) }),
    () => edit.setModelAlias(document, { alias: pick(['m', 'n']), model: { catalog: pick(['x', 'y']) } }),
    () => edit.removeModelAlias(document, { alias: 'm' }),
    () => edit.duplicateNodes(document, { scope, nodes: some.slice(0, 3), keepIncoming: random() < 0.5 }),
    () =>
      edit.makeSubgraph(document, { scope, nodes: some.slice(0, 3), name: pick(['S', 'T']), type: 'subgraph', v: 1, kindOf: () => 'text' }),
    () => edit.unpackSubgraph(document, { scope, node: pick(ids.filter((id) => here.nodes[id]?.subgraph !== undefined)) }),
    () => edit.addReroute(document, { scope, wire: pick(here.wires), at: 0, x: number(), y: number() }),
    () => edit.moveReroute(document, { scope, wire: pick(here.wires), at: 0, x: number(), y: number() }),
    () => edit.removeReroute(document, { scope, wire: pick(here.wires), at: 0 }),
    () => edit.setLinkName(document, { scope, wires: [pick(here.wires)], name: pick(['a', undefined]) }),
    () => edit.setPinned(document, { scope, nodes: some, pinned: random() < 0.5 }),
    () => edit.setColor(document, { scope, nodes: some, color: pick(['teal', undefined]) }),
    () => edit.setName(document, { name: pick(['', 'A', 'B']) }),
  ]
  try {
    return pick(choices)()
  } catch (refusal) {
    if (refusal instanceof Error && ['TributaryError', 'TypeError'].includes(refusal.name))
      return { document, diff: { added: {}, updated: {}, removed: {} } }
    throw refusal
  }
}

describe('500 random edits', () => {
  it.each([1, 2, 3, 4])(
    'undone to the first give the same bytes, redone give the last, and so does one squashed step (seed %i)',
    { timeout: 60_000 },
    (seed) => {
      const random = randomOf(seed)
      const states = [start()]
      const diffs: Diff[] = []
      let kinds = 0
      for (let i = 0; i < 500; i++) {
        const before = states.at(-1) as GraphDocument
        const { document, diff } = randomEdit(before, random)
        if (Object.keys(document.nodes).length > 150) continue
        if (!isEmpty(diff)) kinds++
        // what is journalled is JSON
        diffs.push(JSON.parse(JSON.stringify(diff)) as Diff)
        states.push(document)
      }
      expect(kinds).toBeGreaterThan(250)
      const texts = states.map(serializeGraph)
      let at = states.at(-1) as GraphDocument
      for (let i = diffs.length - 1; i >= 0; i--) {
        at = apply(at, reverse(diffs[i] as Diff))
        if (serializeGraph(at) !== texts[i]) expect(serializeGraph(at)).toBe(texts[i])
      }
      for (const [i, diff] of diffs.entries()) {
        at = apply(at, diff)
        if (serializeGraph(at) !== texts[i + 1]) expect(serializeGraph(at)).toBe(texts[i + 1])
      }
      const whole = diffs.reduce(squash)
      expect(serializeGraph(apply(states[0] as GraphDocument, whole))).toBe(texts.at(-1))
      expect(serializeGraph(apply(at, reverse(whole)))).toBe(texts[0])
      const loaded = loadGraph(texts.at(-1), { specs: testSpecs })
      expect(loaded).toMatchObject({ ok: true, issues: [] })
    },
  )
})

import { cpuUsage } from 'node:process'
import { describe, expect, it } from 'vitest'
import type { NodeSpec } from '../node-spec'
import { canonicalParams, contentKey, explainMiss, type KeyParts } from './content-key'
import type { GraphDocument } from './document'
import { estimateMemory, planMemory } from './memory'
import { planRun } from './plan'
import { specsByType } from './specs'
import type { Targets } from './targets'
import { body, graph, randomOf, testSpecs } from './testing'

const plan = (document: GraphDocument, targets?: Targets) => planRun({ document, specs: testSpecs, ...(targets ? { targets } : {}) })
const lm = (model = 'small') => ({ type: 'lm', params: { model: `model:${model}` } })
const names = (made: ReturnType<typeof plan>) => made.steps.map(({ node }) => node)

/** ask → small, large → rank → answer; side hangs beside it. */
const ensemble = graph({
  nodes: { rank: 'rank', large: lm('large'), small: lm(), ask: 'template', side: 'text', look: lm() },
  wires: [
    '@q > ask.question',
    'ask.text > small.prompt',
    'ask.text > large.prompt',
    'small.text > rank.candidates#1',
    'large.text > rank.candidates#0',
    'side.text > look.prompt',
  ],
  interface: { inputs: { q: { type: 'text' }, unused: { type: 'text' } }, outputs: { answer: { type: 'text', from: 'rank.best' } } },
  models: { small: { catalog: 's' }, large: { catalog: 'l' } },
})

describe('planRun', () => {
  it('orders what the outputs need, and only that', () => {
    expect(names(plan(ensemble))).toEqual(['ask', 'large', 'small', 'rank'])
    expect(plan(ensemble).neededInputs).toEqual(['q'])
    expect(plan(ensemble).outputs).toEqual({ answer: { kind: 'node', node: 'rank', port: 'best' } })
  })

  it('gives a port that takes many its sources in their order', () => {
    const rank = plan(ensemble).steps.at(-1)
    expect(rank?.inputs).toEqual([
      {
        port: 'candidates',
        many: true,
        sources: [
          { kind: 'node', node: 'large', port: 'text' },
          { kind: 'node', node: 'small', port: 'text' },
        ],
      },
    ])
  })

  it('to a node: it and what it needs; without outputs: every last node', () => {
    expect(names(plan(ensemble, { to: ['small'] }))).toEqual(['ask', 'small'])
    const open = graph({
      ...ensemble,
      nodes: ensemble.nodes as never,
      wires: ensemble.wires.map(({ from, to }) => `${from} > ${to}`),
      interface: { inputs: ensemble.interface.inputs },
    })
    expect(names(plan(open))).toHaveLength(6)
  })

  it('from a node: it and what follows, on stored values of what they read', () => {
    const made = plan(ensemble, { from: ['small'] })
    expect(made.steps.map(({ node, isGiven }) => [node, isGiven])).toEqual([
      ['large', true],
      ['ask', true],
      ['small', false],
      ['rank', false],
    ])
    expect(made.steps.filter(({ isGiven }) => isGiven).every(({ inputs }) => inputs.length === 0)).toBe(true)
  })

  it('only a node: it alone, on stored values', () => {
    const made = plan(ensemble, { only: ['rank'] })
    expect(made.steps.filter(({ isGiven }) => !isGiven).map(({ node }) => node)).toEqual(['rank'])
    expect(
      made.steps
        .filter(({ isGiven }) => isGiven)
        .map(({ node }) => node)
        .sort(),
    ).toEqual(['large', 'small'])
  })

  it('a node that writes to the world runs though nothing reads it', () => {
    const document = graph({
      nodes: { t: 'text', w: 'write' },
      wires: ['t.text > w.text'],
      interface: { outputs: { o: { type: 'text', from: 't.text' } } },
    })
    expect(names(plan(document))).toEqual(['t', 'w'])
  })

  it('skips what is muted, unknown or in a circle, and what needs it, each with the reason', () => {
    const document = graph({
      nodes: { m: { type: 'text', muted: true }, a: lm(), g: 'unheard-of', b: lm(), x: lm(), y: lm(), fine: 'text' },
      wires: ['m.text > a.prompt', 'g.out > b.prompt', 'x.text > y.prompt', 'y.text > x.prompt'],
    })
    const made = plan(document, { to: ['a', 'b', 'x', 'fine'] })
    expect(names(made)).toEqual(['fine'])
    expect(Object.fromEntries(made.skipped.map(({ node, reason }) => [node, reason]))).toEqual({
      m: 'muted',
      a: 'needs “m”, which does not run',
      g: 'its type is unknown here',
      b: 'needs “g”, which does not run',
      x: 'it waits for itself in a circle',
      y: 'it waits for itself in a circle',
    })
  })

  it('looks through bypassed nodes to the first input whose kind fits', () => {
    const document = graph({
      nodes: { t: 'text', a: { ...lm(), bypassed: true }, b: { ...lm(), bypassed: true }, w: 'write' },
      wires: ['t.text > a.prompt', 'a.text > b.prompt', 'b.text > w.text'],
    })
    const made = plan(document)
    expect(names(made)).toEqual(['t', 'w'])
    expect(made.steps[1]?.inputs[0]?.sources).toEqual([{ kind: 'node', node: 't', port: 'text' }])
  })

  it('an output may come straight from an input', () => {
    const document = graph({ interface: { inputs: { q: { type: 'text' } }, outputs: { o: { type: 'text', from: '@q' } } } })
    expect(plan(document)).toMatchObject({ steps: [], outputs: { o: { kind: 'input', input: 'q' } }, neededInputs: ['q'] })
  })

  it('among ready nodes the one nearest to something visible comes first', () => {
    const document = graph({
      nodes: { far: 'text', mid: lm(), end: lm(), near: 'text', last: lm() },
      wires: ['far.text > mid.prompt', 'mid.text > end.prompt', 'near.text > last.prompt'],
      interface: { outputs: { a: { type: 'text', from: 'end.text' }, b: { type: 'text', from: 'last.text' } } },
    })
    expect(names(plan(document))).toEqual(['near', 'last', 'far', 'mid', 'end'])
  })

  it('holds for any random graph: every node after what it reads, each wanted node once', { timeout: 60_000 }, () => {
    const random = randomOf(5)
    for (let round = 0; round < 200; round++) {
      const count = 1 + Math.floor(random() * 30)
      const wires = Array.from({ length: count * 2 }, (_, i) => {
        const to = Math.floor(random() * count)
        return `n${Math.floor(random() * to)}.best > n${to}.candidates#${i}`
      }).filter((wire) => !/^n(\d+)\..* > n\1\./.test(wire))
      const made = graph({ nodes: Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, 'rank'])), wires })
      const document = round % 2 === 0 ? made : { ...made, branches: 'sequence' as const }
      const order = names(plan(document))
      expect(new Set(order).size).toBe(count)
      for (const step of plan(document).steps)
        for (const source of step.waitsFor) expect(order.indexOf(source)).toBeLessThan(order.indexOf(step.node))
    }
  })

  it('a chain of 2,000 is planned in well under a second', () => {
    const ids = Array.from({ length: 2000 }, (_, i) => `n${i}`)
    const wires = ids.slice(1).map((id, i) => `n${i}.text > ${id}.prompt`)
    const document = graph({ nodes: Object.fromEntries(ids.map((id) => [id, lm()])), wires })
    const begun = cpuUsage()
    expect(names(plan(document))).toEqual(ids)
    expect(cpuUsage(begun).user / 1000).toBeLessThan(500)
  })

  it('a container has the models and the hash of its inner graph, whatever its layout and titles', () => {
    const document = (title: string, inner: object = {}) =>
      graph({
        nodes: { m: { type: 'map', subgraph: 'sg' } },
        subgraphs: { sg: body({ nodes: { a: { ...lm('large'), title, ...inner } }, ui: { nodes: { a: { x: title.length, y: 0 } } } }) },
      })
    const key = (made: GraphDocument) => plan(made).steps[0]?.staticKey.subgraph
    expect(plan(document('A')).steps[0]?.innerModels).toEqual(['large'])
    expect(key(document('A'))).toBe(key(document('Another')))
    expect(key(document('A'))).not.toBe(key(document('A', { seed: 7 })))
  })
})

describe('content keys', () => {
  const node = graph({ nodes: { a: { type: 'lm', params: { model: 'model:small', temperature: 0.7 }, title: 'T' } } }).nodes.a
  const spec = testSpecs.get('lm')
  const parts: KeyParts = {
    type: 'lm',
    v: 2,
    params: node && spec ? canonicalParams(node, spec) : {},
    seed: 1,
    inputs: { prompt: 'h1', candidates: ['a', 'b'] },
    models: { model: 'sha1' },
    runtime: 'cpu',
  }

  it('fill in defaults and leave out models and fed params', () => {
    expect(parts.params).toEqual({ temperature: 0.7, maxTokens: 256, mode: 'chat' })
    expect(node && spec ? canonicalParams(node, spec, new Set(['temperature'])) : {}).toEqual({ maxTokens: 256, mode: 'chat' })
  })

  it('are equal for equal parts and differ in any one of them', () => {
    const others: KeyParts[] = [
      { ...parts, type: 'x' },
      { ...parts, v: 3 },
      { ...parts, params: { ...parts.params, temperature: 0.8 } },
      { ...parts, seed: 2 },
      { ...parts, inputs: { ...parts.inputs, prompt: 'h2' } },
      { ...parts, inputs: { ...parts.inputs, candidates: ['b', 'a'] } },
      { ...parts, models: { model: 'sha2' } },
      { ...parts, runtime: 'cuda' },
      { ...parts, world: { source: 'f' } },
      { ...parts, subgraph: 's' },
    ]
    const keys = [parts, ...others].map(contentKey)
    expect(new Set(keys).size).toBe(keys.length)
    expect(contentKey({ ...parts, inputs: { candidates: ['a', 'b'], prompt: 'h1' } })).toBe(keys[0])
  })

  it.each([
    ['never ran before', undefined, parts],
    ['nothing changed', parts, parts],
    ['temperature 0.7→0.8', parts, { ...parts, params: { ...parts.params, temperature: 0.8 } }],
    ['mode “chat”→“raw”; seed 1→2', parts, { ...parts, params: { ...parts.params, mode: 'raw' }, seed: 2 }],
    ['input prompt changed', parts, { ...parts, inputs: { ...parts.inputs, prompt: 'h2' } }],
    ['input candidates changed (1 of 2)', parts, { ...parts, inputs: { ...parts.inputs, candidates: ['a', 'c'] } }],
    ['input candidates has 3 values, had 2', parts, { ...parts, inputs: { ...parts.inputs, candidates: ['a', 'b', 'c'] } }],
    ['model is another model or its file changed', parts, { ...parts, models: { model: 'sha2' } }],
    ['runtime cpu→cuda', parts, { ...parts, runtime: 'cuda' }],
    ['sample:alice changed', { ...parts, world: { 'sample:alice': '1' } }, { ...parts, world: { 'sample:alice': '2' } }],
    ['template changed', { ...parts, params: { template: 'a\nb' } }, { ...parts, params: { template: 'a\nc' } }],
  ] as const)('tell why: %s', (sentence, before, now) => {
    expect(explainMiss(before, now, undefined)).toBe(sentence)
  })
})

describe('planMemory', () => {
  const MiB = 1024 * 1024
  const library = [
    { catalog: 's', sha256: 's'.repeat(64), name: 'Small', sizeBytes: 100 * MiB, measured: { memoryBytes: 150 * MiB } },
    { catalog: 'l', sha256: 'l'.repeat(64), name: 'Large', sizeBytes: 1000 * MiB },
  ]

  it('says who holds what, and the peak without a budget', () => {
    const memory = planMemory(plan(ensemble), ensemble, library)
    expect([...memory.leases].map(([node, leases]) => [node, leases.map(({ name }) => name)])).toEqual([
      ['large', ['Large']],
      ['small', ['Small']],
    ])
    expect(memory.peakBytes).toBe(estimateMemory(library[1]!) + 150 * MiB)
    expect(memory.models.map(({ name, nodes }) => [name, nodes])).toEqual([
      ['Large', ['large']],
      ['Small', ['small']],
    ])
  })

  it('counts a model once, whatever it is called in the graph and whether it was fetched or not', () => {
    const twice = graph({
      nodes: { a: lm(), b: lm('large') },
      wires: ['a.text > b.prompt'],
      models: { small: { catalog: 'x' }, large: { catalog: 'x' } },
    })
    const absent = [{ catalog: 'x', name: 'Not here', state: 'absent' as const, sizeBytes: 100 * MiB }]
    const memory = planMemory(plan(twice), twice, absent)
    expect(memory.models.map(({ nodes }) => nodes)).toEqual([['a', 'b']])
    expect(memory.peakBytes).toBe(estimateMemory(absent[0]!))
  })

  it('evicts the least recently used where the budget asks for it, and counts what is loaded again', () => {
    const chain = graph({
      nodes: { a: lm(), b: lm('large'), c: lm() },
      wires: ['a.text > b.prompt', 'b.text > c.prompt'],
      models: { small: { catalog: 's' }, large: { catalog: 'l' } },
    })
    const large = estimateMemory(library[1]!)
    expect(planMemory(plan(chain), chain, library)).toMatchObject({ peakBytes: large + 150 * MiB, reloads: 0, tooLarge: [] })
    expect(planMemory(plan(chain), chain, library, { budgetBytes: large + 100 * MiB })).toMatchObject({
      peakBytes: large,
      reloads: 1,
      tooLarge: [],
    })
    expect(planMemory(plan(chain), chain, library, { budgetBytes: large + 100 * MiB }).steps).toEqual([
      { node: 'a', loads: ['Small'], evicts: [], totalBytes: 150 * MiB },
      { node: 'b', loads: ['Large'], evicts: ['Small'], totalBytes: large },
      { node: 'c', loads: ['Small'], evicts: ['Large'], totalBytes: 150 * MiB },
    ])
  })

  it('holds nothing for steps whose results are kept', () => {
    const memory = planMemory(plan(ensemble), ensemble, library, { resting: new Set(['large']) })
    expect([...memory.leases.keys()]).toEqual(['small'])
    expect(memory.peakBytes).toBe(150 * MiB)
  })

  it('counts the models of an expression where it is worked on: all leaves of a decoder at once', () => {
    const mix = graph({
      nodes: {
        a: { type: 'leaf', params: { model: 'model:small' } },
        b: { type: 'leaf', params: { model: 'model:large' } },
        mix: 'mix',
        decode: 'decode',
      },
      wires: ['a.out > mix.in#0', 'b.out > mix.in#1', 'mix.out > decode.of'],
      models: { small: { catalog: 's' }, large: { catalog: 'l' } },
    })
    const of = { wire: 'distribution', summary: 'of what' } as const
    const kind = (type: string, more: object) =>
      ({
        version: 1,
        title: type,
        family: 'ensemble',
        summary: 'x',
        effect: 'pure',
        resource: 'cpu',
        inputs: {},
        outputs: {},
        params: {},
        type,
        ...more,
      }) as NodeSpec
    const specs = specsByType([
      kind('leaf', { outputs: { out: of }, params: { model: { kind: 'model', default: null, needs: 'text', summary: 'which' } } }),
      kind('mix', { inputs: { in: { ...of, arity: 'many' } }, outputs: { out: of } }),
      kind('decode', { resource: 'model', inputs: { of: { ...of, arity: 'one' } }, outputs: { text: { wire: 'text', summary: 'text' } } }),
    ])
    const memory = planMemory(planRun({ document: mix, specs }), mix, library, { budgetBytes: 1050 * MiB })
    expect([...memory.leases].map(([node, held]) => [node, held.map(({ name }) => name)])).toEqual([['decode', ['Small', 'Large']]])
    expect(memory.tooLarge).toMatchObject([{ node: 'decode', models: ['Small', 'Large'] }])
  })

  it('looks into containers, where one step after the other takes its models: what never works at once need not fit at once', () => {
    const inner = body({
      nodes: { a: lm(), b: lm('large') },
      wires: ['a.text > b.prompt'],
      interface: { inputs: {}, outputs: { text: { type: 'text', from: 'b.text' } } },
    })
    const outer = body({ nodes: { in: { type: 'subgraph', subgraph: 'one' } }, interface: { inputs: {}, outputs: {} } })
    const nested = graph({
      nodes: { out: { type: 'subgraph', subgraph: 'two' } },
      subgraphs: { one: inner, two: outer },
      models: { small: { catalog: 's' }, large: { catalog: 'l' } },
    })
    const budgetBytes = 1050 * MiB
    expect(planMemory(plan(nested), nested, library, { budgetBytes }).tooLarge).toMatchObject([{ node: 'out' }])
    const memory = planMemory(plan(nested), nested, library, { budgetBytes, specs: testSpecs })
    expect(memory.tooLarge).toEqual([])
    expect(memory.steps.map(({ node, evicts }) => [node, evicts])).toEqual([
      ['out/in/a', []],
      ['out/in/b', ['Small']],
    ])
  })

  it('in sequence loads late what is needed for long, whatever it is called, and lets go of what nothing needs', () => {
    const fused = graph({
      nodes: { first: lm('reader'), second: lm('other'), judge: lm('judge'), fuse: lm('reader') },
      wires: ['second.text > judge.prompt', 'judge.text > fuse.prompt'],
      models: { reader: { catalog: 'l' }, judge: { catalog: 'l' }, other: { catalog: 's' } },
    })
    const sequence = { ...fused, branches: 'sequence' as const }
    const memory = planMemory(plan(sequence), sequence, library)
    expect(memory.steps.map(({ node, evicts }) => [node, evicts])).toEqual([
      ['second', []],
      ['first', ['Small']],
      ['judge', []],
      ['fuse', []],
    ])
    expect(memory.peakBytes).toBe(estimateMemory(library[1]!))
    expect(planMemory(plan(fused), fused, library).peakBytes).toBe(estimateMemory(library[1]!) + 150 * MiB)
  })

  it('names the step that cannot fit', () => {
    const { tooLarge } = planMemory(plan(ensemble), ensemble, library, { budgetBytes: 500 * MiB })
    expect(tooLarge).toMatchObject([{ node: 'large', models: ['Large'] }])
  })
})

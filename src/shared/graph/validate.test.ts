import { cpuUsage } from 'node:process'
import { describe, expect, it } from 'vitest'
import type { NodeSpec } from '../node-spec'
import { canConnect } from './can-connect'
import type { GraphDocument } from './document'
import type { LibraryModel } from './models'
import { body, graph, testSpecs } from './testing'
import { type Issue, validateGraph } from './validate'

const toy: LibraryModel = { sha256: 'f'.repeat(64), catalog: 'toy', name: 'Toy', sizeBytes: 1000, goodFor: ['text', 'distribution'] }
const issuesOf = (document: GraphDocument, library?: readonly LibraryModel[]): Issue[] =>
  validateGraph(document, testSpecs, library ? { library } : {})
const errorsOf = (document: GraphDocument, library?: readonly LibraryModel[]) =>
  issuesOf(document, library).filter(({ severity }) => severity === 'error')
const lm = (params: object = {}) => ({ type: 'lm', params: { model: 'model:small', ...params } }) as { type: string }
const models = { small: { catalog: 'toy' } }
const sound = graph({
  nodes: { ask: 'template', lm: lm() },
  wires: ['@question > ask.question', 'ask.text > lm.prompt'],
  interface: { inputs: { question: { type: 'text' } }, outputs: { answer: { type: 'text', from: 'lm.text' } } },
  models,
})

it('a model on a server gives text, and is refused where a distribution is asked of it, with the reason', () => {
  const specs = new Map(testSpecs)
  const plain = testSpecs.get('lm')!
  for (const needs of ['text', 'distribution'] as const)
    specs.set(needs, { ...plain, type: needs, params: { model: { kind: 'model', default: null, needs, summary: 'which' } } })
  const document = graph({
    nodes: { a: { type: 'text', params: { model: 'model:far' } }, b: { type: 'distribution', params: { model: 'model:far' } } },
    wires: [],
    models: { far: { remote: { backend: 'lab', model: 'big' } } },
  })
  const unfit = validateGraph(document, specs).filter(({ code }) => code === 'model-unfit')
  expect(unfit).toMatchObject([{ node: 'b', port: 'model', severity: 'error', remedy: { type: 'choose-model' } }])
  expect(unfit[0]?.message).toContain('a server gives text, and no distribution over the next token')
})

describe('validateGraph', () => {
  it('finds nothing in a sound graph', () => {
    expect(issuesOf(sound, [toy])).toEqual([])
  })

  it('a graph without an output: offers the last node that nothing reads', () => {
    const document = graph({ nodes: { ask: 'template', lm: lm() }, wires: ['ask.text > lm.prompt'], models })
    expect(issuesOf(document, [toy])).toContainEqual(
      expect.objectContaining({ code: 'no-outputs', remedy: { type: 'add-output', from: 'lm.text' } }),
    )
  })

  it('an unknown type: named, with the nearest known one as the remedy', () => {
    expect(errorsOf(graph({ nodes: { a: 'documents-to-txt' } }))).toMatchObject([
      { code: 'unknown-type', node: 'a', remedy: { type: 'replace-node', nodeType: 'documents-to-text' } },
    ])
    expect(errorsOf(graph({ nodes: { a: 'qqqqqqqqqqqq' } }))).toMatchObject([{ remedy: { type: 'remove-node', node: 'a' } }])
  })

  it('a node of a newer version cannot run, one of an older version can be upgraded', () => {
    const found = issuesOf(graph({ nodes: { a: { type: 'text', v: 2 }, b: { ...lm(), v: 1 } }, wires: ['a.text > b.prompt'], models }))
    expect(found).toContainEqual(expect.objectContaining({ code: 'node-newer', severity: 'error', node: 'a' }))
    expect(found).toContainEqual(
      expect.objectContaining({ code: 'node-outdated', severity: 'info', node: 'b', remedy: { type: 'upgrade-node', node: 'b' } }),
    )
  })

  it('an input without a wire, a slot of a template, a port that needs at least one', () => {
    const found = errorsOf(graph({ nodes: { a: lm(), t: { type: 'template', params: { template: '{{x}} {{ y }}' } }, r: 'rank' }, models }))
    expect(found.map(({ code, node, port }) => [code, node, port])).toEqual([
      ['input-open', 'a', 'prompt'],
      ['input-open', 't', 'x'],
      ['input-open', 't', 'y'],
      ['input-open', 'r', 'candidates'],
    ])
    expect(found[0]?.remedy).toEqual({ type: 'connect', to: 'a.prompt', kind: 'text' })
  })

  it.each([
    ['too large', { temperature: 3 }, 'param-range', 2],
    ['too small', { temperature: -1 }, 'param-range', 0],
    ['not whole', { maxTokens: 2.5 }, 'param-range', 3],
    ['no number', { temperature: 'hot' }, 'param-type', 0.7],
    ['no option', { mode: 'sing' }, 'param-choice', 'chat'],
  ])('a param that is %s, with a value that would do', (_what, params, code, value) => {
    const document = graph({
      ...sound,
      nodes: { ask: 'template', lm: lm(params) },
      wires: ['@question > ask.question', 'ask.text > lm.prompt'],
    })
    const [param] = Object.keys(params)
    expect(errorsOf(document)).toMatchObject([{ code, node: 'lm', port: param, remedy: { type: 'set-param', node: 'lm', param, value } }])
  })

  it('a param fed by a wire is not asked for its value; an unknown one is kept and told', () => {
    const nodes = { t: 'text', a: lm({ temperature: 'hot', tempo: 1 }), p: { type: 'pick', params: { kind: 'number' } } }
    const found = issuesOf(graph({ nodes, wires: ['t.text > a.prompt', 't.text > p.json', 'p.value > a.temperature'], models }))
    expect(found.filter(({ severity }) => severity !== 'info')).toMatchObject([
      { code: 'unknown-param', port: 'tempo', remedy: { type: 'remove-param' } },
    ])
  })

  it('a resource is registered data or a sample, and must be chosen', () => {
    const codes = (source: unknown) =>
      errorsOf(graph({ nodes: { d: { type: 'documents', params: { source } as never } } })).map(({ code }) => code)
    expect(codes(null)).toEqual(['param-missing'])
    expect(codes('/etc/passwd')).toEqual(['param-type'])
    expect(codes('sample:alice')).toEqual([])
  })

  it('models: unset, not listed, not in the library (pull it), unfit', () => {
    const found = (params: object, library: readonly LibraryModel[] = [toy]) =>
      errorsOf(
        graph({
          ...sound,
          nodes: { ask: 'template', lm: { type: 'lm', params: params as never } },
          wires: ['@question > ask.question', 'ask.text > lm.prompt'],
        }),
        library,
      )
    expect(found({})).toMatchObject([{ code: 'model-unset', node: 'lm', port: 'model', remedy: { type: 'choose-model' } }])
    expect(found({ model: 'model:large' })).toMatchObject([{ code: 'model-alias' }])
    expect(found({ model: 'model:small' }, [])).toMatchObject([
      { code: 'model-missing', remedy: { type: 'pull-model', alias: 'small', catalog: 'toy' } },
    ])
    expect(found({ model: 'model:small' }, [{ ...toy, state: 'absent' }])).toMatchObject([{ code: 'model-missing' }])
    expect(found({ model: 'model:small' }, [{ ...toy, goodFor: ['embeddings'] }])).toMatchObject([{ code: 'model-unfit' }])
    expect(found({ model: 'model:small' })).toEqual([])
  })

  it('a wire of the wrong kind: says why and offers the converter', () => {
    const document = graph({
      nodes: { d: { type: 'documents', params: { source: 'sample:x' } }, a: lm() },
      wires: ['d.documents > a.prompt'],
      models,
    })
    expect(errorsOf(document)).toMatchObject([
      {
        code: 'wire-kind',
        node: 'a',
        port: 'prompt',
        remedy: { type: 'insert-converter', nodeType: 'documents-to-text', from: 'd.documents', to: 'a.prompt' },
      },
    ])
  })

  it('wires that begin or end nowhere, or name nothing', () => {
    const document = graph({
      nodes: { t: 'text', a: lm() },
      wires: ['gone.text > a.prompt', 't.text > a.nowhere', 't.text > gone.x', '@nobody > a.temperature', 'x > y'],
      models,
    })
    const found = errorsOf(document).filter(({ code }) => code.startsWith('wire'))
    expect(found.map(({ code }) => code)).toEqual(['wire-dangling', 'wire-dangling', 'wire-dangling', 'wire-dangling', 'wire-malformed'])
    expect(found.every(({ remedy }) => remedy?.type === 'disconnect')).toBe(true)
  })

  it('two wires in a port that takes one: the second is too many', () => {
    const document = graph({ nodes: { t: 'text', u: 'text', a: lm() }, wires: ['t.text > a.prompt', 'u.text > a.prompt'], models })
    expect(errorsOf(document)).toMatchObject([{ code: 'wire-duplicate', wire: { from: 'u.text', to: 'a.prompt' } }])
  })

  it('a circle names all who wait, and blames the wire drawn last', () => {
    const nodes = { a: lm(), b: lm(), c: lm(), d: lm() }
    const found = errorsOf(
      graph({ nodes, wires: ['c.text > a.prompt', 'a.text > b.prompt', 'b.text > c.prompt', 'c.text > d.prompt'], models }),
    )
    expect(found).toMatchObject([
      { code: 'cycle', node: 'c', port: 'prompt', remedy: { type: 'disconnect', from: 'b.text', to: 'c.prompt' } },
    ])
    expect(found[0]?.message).toMatch(/a → b → c|b → c → a|c → a → b/)
  })

  it('a circle of 2,000 nodes is found without recursion', () => {
    const ids = Array.from({ length: 2000 }, (_, i) => `n${i}`)
    const wires = ids.map((id, i) => `${id}.text > n${(i + 1) % 2000}.prompt`)
    expect(errorsOf(graph({ nodes: Object.fromEntries(ids.map((id) => [id, lm()])), wires, models })).map(({ code }) => code)).toEqual([
      'cycle',
    ])
  })

  it('a hostile graph of 2,000 unknown nodes, 10,000 wires and 5,000 outputs is checked in seconds', { timeout: 20_000 }, () => {
    const ids = Array.from({ length: 2000 }, (_, i) => `n${i}`)
    const wires = Array.from({ length: 10_000 }, (_, i) => `n${i % 2000}.a > n${(i * 7 + 1) % 2000}.b#${i}`)
    const outputs = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`o${i}`, { type: 'text', from: `n${i % 2000}.a` }]))
    const document = graph({ nodes: Object.fromEntries(ids.map((id) => [id, `documents-to-x${id}`])), wires, interface: { outputs } })
    const begun = cpuUsage()
    expect(issuesOf(document).length).toBeGreaterThan(2000)
    expect(cpuUsage(begun).user / 1000).toBeLessThan(5000)
  })

  it('outputs of the graph: open, from nowhere, of another kind, behind something muted', () => {
    const output = (from: string | undefined, more: object = {}) =>
      issuesOf(
        graph({
          nodes: { d: { type: 'documents', params: { source: 'sample:x' }, ...more } },
          interface: { outputs: { o: { type: 'text', ...(from ? { from } : {}) } } },
        }),
      )
        .filter(({ node }) => node === '=o')
        .map(({ code }) => code)
    expect(output(undefined)).toEqual(['output-open'])
    expect(output('d.nothing')).toEqual(['output-dangling'])
    expect(output('d.documents')).toEqual(['output-kind'])
    const muted = graph({
      ...sound,
      nodes: { ask: { type: 'template', muted: true }, lm: lm() },
      wires: ['@question > ask.question', 'ask.text > lm.prompt'],
    })
    expect(issuesOf(muted)).toMatchObject([{ code: 'output-unreachable', severity: 'warning', node: '=answer' }])
  })

  it('containers: no inner graph, one that is not there, one that contains itself', () => {
    const inner = body({ nodes: { s: { type: 'subgraph', subgraph: 'b' } } })
    const other = body({ nodes: { s: { type: 'map', subgraph: 'a' } } })
    const document = graph({ nodes: { x: 'map', y: { type: 'map', subgraph: 'gone' } }, subgraphs: { a: inner, b: other } })
    const found = errorsOf(document)
    expect(found.filter(({ code }) => code === 'subgraph-missing').map(({ node }) => node)).toEqual(['x', 'y'])
    expect(found.filter(({ code }) => code === 'subgraph-cycle').map(({ scope }) => scope)).toEqual(['a', 'b'])
  })

  it('loops in loops that could ask for more than a million runs', () => {
    const nested = (times: number) =>
      graph({
        nodes: { outer: { type: 'loop', params: { times }, subgraph: 'a' } },
        subgraphs: {
          a: body({ nodes: { inner: { type: 'loop', params: { times: 1000 }, subgraph: 'b' } } }),
          b: body({ nodes: { x: 'text', y: 'text' } }),
        },
      })
    const codes = (times: number) => issuesOf(nested(times)).flatMap(({ code, node }) => (code === 'expansion' ? [node] : []))
    expect(codes(1000)).toEqual(['outer'])
    expect(codes(400)).toEqual([])
  })

  it('problems inside a subgraph carry its id', () => {
    expect(errorsOf(graph({ subgraphs: { inner: body({ nodes: { r: 'rank' } }) } }))).toMatchObject([
      { code: 'input-open', scope: 'inner', node: 'r' },
    ])
  })

  it('a fallback value is needed for each output that something reads', () => {
    const nodes = { t: { type: 'text', policy: { onError: 'default' as const } } }
    const read = graph({ nodes, interface: { inputs: {}, outputs: { o: { type: 'text', from: 't.text' } } } })
    expect(errorsOf(read)).toMatchObject([{ code: 'policy-default', node: 't', port: 'text' }])
    expect(errorsOf(graph({ nodes }))).toEqual([])
  })

  it('muted and bypassed nodes need nothing', () => {
    expect(errorsOf(graph({ nodes: { a: { type: 'rank', muted: true }, b: { type: 'lm', bypassed: true } } }))).toEqual([])
  })
})

describe('canConnect', () => {
  const document = graph({
    nodes: { t: 'text', u: 'text', d: 'documents', a: lm(), r: 'rank', ghost: 'unheard-of' },
    wires: ['t.text > a.prompt', 'a.text > r.candidates#0'],
    interface: { inputs: { q: { type: 'text' } }, outputs: { o: { type: 'text' } } },
    models,
  })
  const ask = (from: string, to: string) => canConnect(document, document, testSpecs, from, to)

  it('green where kinds meet; says what gives way and where the wire will end', () => {
    expect(ask('u.text', 'a.prompt')).toEqual({ ok: true, coerced: false, to: 'a.prompt', replaces: { from: 't.text', to: 'a.prompt' } })
    expect(ask('t.text', 'r.candidates')).toEqual({ ok: true, coerced: false, to: 'r.candidates#1' })
    expect(ask('@q', '=o')).toEqual({ ok: true, coerced: false, to: '=o' })
    expect(ask('t.text', 'a.mode')).toMatchObject({ ok: true })
  })

  it('refuses the wrong kind with the reason and the converter', () => {
    expect(ask('d.documents', 'a.prompt')).toMatchObject({
      ok: false,
      converter: 'documents-to-text',
      reason: expect.stringContaining('Documents'),
    })
  })

  it('refuses a circle, a node to itself, what is not there, and a wire that chooses a file', () => {
    expect(ask('r.best', 'a.prompt')).toMatchObject({ ok: false, reason: expect.stringContaining('circle') })
    expect(ask('a.text', 'a.prompt')).toMatchObject({ ok: false })
    expect(ask('t.nothing', 'a.prompt')).toMatchObject({ ok: false })
    expect(ask('t.text', 'd.source')).toMatchObject({ ok: false })
  })

  it('a ghost takes and gives anything', () => {
    expect(ask('t.text', 'ghost.whatever')).toMatchObject({ ok: true })
    expect(ask('ghost.out', 'r.question')).toMatchObject({ ok: true })
  })
})

it('data that may stay unchosen is not asked for, other data is', () => {
  const param = { kind: 'resource', default: null, accepts: ['file'], summary: 'a file' } as const
  const of = (optional: boolean) => {
    const spec = { ...(testSpecs.get('text') as NodeSpec), type: 'reader', params: { source: optional ? { ...param, optional } : param } }
    return validateGraph(graph({ nodes: { r: 'reader' }, wires: [] }), new Map([...testSpecs, ['reader', spec]])).map(({ code }) => code)
  }
  expect(of(true)).not.toContain('param-missing')
  expect(of(false)).toContain('param-missing')
})

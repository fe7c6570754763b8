import { cpuUsage } from 'node:process'
import { describe, expect, it } from 'vitest'
import { serializeGraph } from './canonical'
import { setTitle } from './edit'
import { graphLimits } from './limits'
import { loadGraph } from './load'
import { graph, testSpecs } from './testing'

const head = { format: 'tributary/graph', version: 1, id: 'g_1' }
const load = (value: unknown) =>
  loadGraph(typeof value === 'string' ? value : JSON.stringify(value), { specs: testSpecs, file: 'x.trib.json' })
const opened = (value: unknown) => {
  const loaded = load(value)
  if (!loaded.ok) throw new Error(loaded.error.message)
  return loaded
}
const refused = (value: unknown) => {
  const loaded = load(value)
  if (loaded.ok) throw new Error('it opened')
  return loaded.error
}

describe('what is refused, each with its code and the name of the file', () => {
  it.each([
    ['nothing', '', 'graph-not-json'],
    ['text', 'hello', 'graph-not-json'],
    ['half a file', '{"format":"tributary/graph",', 'graph-not-json'],
    ['a number', '5', 'graph-format'],
    ['a list', '[]', 'graph-format'],
    ['JSON of another kind', '{"nodes":[],"links":[]}', 'graph-format'],
    ['a fragment', '{"format":"tributary/fragment","version":1}', 'graph-format'],
    ['a newer file', JSON.stringify({ ...head, version: 2 }), 'graph-newer'],
    ['deep nesting', `{"a":${'['.repeat(1_000_000)}`, 'graph-too-large'],
    ['a key that reaches the prototype', `{"format":"tributary/graph","__proto__":{"x":1}}`, 'graph-format'],
    ['such a key behind escapes', `{"format":"tributary/graph","\\u005f_proto__":{"x":1}}`, 'graph-format'],
    ['a constructor deep inside', JSON.stringify({ ...head, nodes: { a: { type: 'text', params: { constructor: 1 } } } }), 'graph-format'],
    ['a giant string', JSON.stringify({ ...head, name: 'x'.repeat(graphLimits.string + 1) }), 'graph-too-large'],
    ['a giant file', ' '.repeat(graphLimits.bytes + 1), 'graph-too-large'],
    [
      'too many nodes',
      JSON.stringify({ ...head, nodes: Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`n${i}`, { type: 'text' }])) }),
      'graph-too-large',
    ],
    [
      'too many wires',
      JSON.stringify({ ...head, wires: Array.from({ length: 10_001 }, () => ({ from: 'a.b', to: 'c.d' })) }),
      'graph-too-large',
    ],
  ])('%s', (_what, text, code) => {
    const error = refused(text)
    expect(error).toMatchObject({ code, file: 'x.trib.json' })
    expect(error.message).toContain('x.trib.json')
  })

  it.each([
    ['values', `"params":[5${',5'.repeat(4_000_000)}]`],
    ['wires', `"wires":[5${',5'.repeat(150_000)}]`],
    ['nodes', `"nodes":[5${',5'.repeat(150_000)}]`],
    ['notes', `"ui":{"notes":[5${',5'.repeat(150_000)}]}`],
    ['members of a frame', `"ui":{"frames":[{"nodes":[5${',5'.repeat(150_000)}]}]}`],
    ['features', `"requires":{"features":[5${',5'.repeat(150_000)}]}`],
  ])('far too many %s, before they cost seconds', { timeout: 60_000 }, (_what, members) => {
    const begun = cpuUsage()
    expect(refused(`{"format":"tributary/graph","version":1,"id":"g",${members}}`).code).toBe('graph-too-large')
    expect(cpuUsage(begun).user / 1000).toBeLessThan(2000)
  })

  it('a value that is no JSON at all', () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    for (const value of [undefined, () => 1, 10n, circle])
      expect(loadGraph(value)).toMatchObject({ ok: false, error: { code: 'graph-not-json' } })
  })

  it('says in which line the JSON ends being JSON', () => {
    expect(refused('{\n"format": "tributary/graph",\n"id": oops }').line).toBe(3)
    const foreign = [
      '{"nodes":[],"links":[]}',
      '{"3":{"class_type":"KSampler"}}',
      '{"nodes":[],"connections":{}}',
      '{"data":{"edges":[]}}',
      '{"a":1}',
    ]
    const hints = foreign.map((text) => refused(text).hint ?? '')
    expect(hints.map((hint) => /workflow of (.*), whose/.exec(hint)?.[1])).toEqual([
      'ComfyUI',
      'ComfyUI',
      'n8n',
      'Langflow or Flowise',
      undefined,
    ])
    for (const hint of hints) expect(hint).toContain('.trib.json')
  })
})

describe('what opens', () => {
  it('a file with a byte order mark, as bytes or as a value', () => {
    const text = serializeGraph(graph({ nodes: { a: 'text' } }))
    for (const input of [`\ufeff${text}`, new TextEncoder().encode(text), JSON.parse(text)])
      expect(loadGraph(input)).toMatchObject({ ok: true, issues: [] })
  })

  it('an unknown node comes out byte for byte as it went in, its wires too', () => {
    const line = '"odd": {"extra":{"kept":["ä",1e-7,null]},"params":{"deep":[1,{"b":"\\"\\n"}]},"type":"from-the-future","v":9}'
    const wire = '{"from":"odd.out","note":"unknown fields of wires stay, too","to":"a.text"}'
    const text = `{"format":"tributary/graph","version":1,"id":"g_1","nodes":{"a":{"type":"text"},${line}},"wires":[${wire}]}`
    const { document, ghosts, issues } = opened(text)
    expect(issues).toEqual([])
    expect(ghosts).toEqual([{ node: 'odd', type: 'from-the-future' }])
    const saved = serializeGraph(document)
    expect(saved).toContain(`    ${line}\n`)
    expect(saved).toContain(`    ${wire}\n`)
  })

  it.each([
    ['in its own order of keys, without version and params', '{"type":"odd","zeta":[1,2],"alpha":{"b":1,"a":2}}'],
    ['with numbers and escapes as they were written', '{"type":"odd","v":2,"params":{"one":1.0,"big":1e3,"text":"\\u00e4\\/"}}'],
    ['even with a key that stands twice', '{"type":"odd","x":1,"x":2}'],
  ])('an unknown node comes out %s', (_what, line) => {
    const text = `{"format":"tributary/graph","version":1,"id":"g","nodes":{ "n" : ${line.replaceAll(',', ' ,\n ')} },"subgraphs":{"s":{"nodes":{"m":${line}}}}}`
    const { document } = opened(text)
    const saved = serializeGraph(JSON.parse(JSON.stringify(document)))
    expect(saved).toContain(`    "n": ${line}\n`)
    expect(saved).toContain(`        "m": ${line}\n`)
    expect(serializeGraph(opened(saved).document)).toBe(saved)
    const edited = setTitle(document, { node: 'n', title: 'T' }).document
    expect(serializeGraph(edited)).toContain('"title":"T"')
    expect(serializeGraph(edited)).not.toContain('~source')
  })

  it('tells what a file asks for and this application does not have', () => {
    const file = { ...head, requires: { app: '>=0.10.0', features: ['distribution', 'telepathy'] } }
    const loaded = loadGraph(file, { app: '0.9.1', features: ['distribution'] })
    expect(loaded.ok && loaded.issues.map(({ code }) => code)).toEqual(['requires', 'requires'])
    expect(loadGraph(file, { app: '0.10.0', features: ['distribution', 'telepathy'] })).toMatchObject({ issues: [] })
  })

  it('a node of a newer version of a known type is a ghost, too', () => {
    expect(opened({ ...head, nodes: { a: { type: 'lm', v: 3 } } }).ghosts).toEqual([{ node: 'a', type: 'lm' }])
  })

  it('a node id that is no id gets one, and wires, layout and frames follow', () => {
    const { document, issues } = opened({
      ...head,
      nodes: { 'my node.1': { type: 'text' }, b: { type: 'lm' } },
      wires: [{ from: 'my node.1.text', to: 'b.prompt' }],
      ui: { nodes: { 'my node.1': { x: 1, y: 2 } }, frames: [{ id: 'f', title: '', nodes: ['my node.1'] }] },
    })
    expect(Object.keys(document.nodes).sort()).toEqual(['b', 'my-node-1'])
    expect(document.wires).toEqual([{ from: 'my-node-1.text', to: 'b.prompt' }])
    expect(document.ui.nodes['my-node-1']).toEqual({ x: 1, y: 2 })
    expect(document.ui.frames[0]?.nodes).toEqual(['my-node-1'])
    expect(issues).toMatchObject([{ code: 'renamed', node: 'my-node-1' }])
  })

  it('a node that is no object keeps its place as a ghost, and its value is kept aside', () => {
    const { document, issues, ghosts } = opened({ ...head, nodes: { a: 5 } })
    expect(document.nodes.a).toMatchObject({ type: 'unknown' })
    expect(document.setAside).toEqual([{ at: 'nodes.a', value: 5 }])
    expect(issues).toMatchObject([{ code: 'set-aside', node: 'a' }])
    expect(ghosts).toMatchObject([{ node: 'a' }])
  })

  it('wires that are no wires are kept aside, wires that end nowhere stay', () => {
    const { document, issues } = opened({ ...head, wires: [7, { from: 'a' }, { from: 'gone.x', to: 'gone.y' }] })
    expect(document.wires).toEqual([{ from: 'gone.x', to: 'gone.y' }])
    expect(document.setAside).toHaveLength(2)
    expect(issues.map(({ code }) => code)).toEqual(['set-aside', 'set-aside'])
  })

  it('says what a repaired file keeps aside when it is opened again', () => {
    const again = opened(serializeGraph(opened({ ...head, nodes: { a: 5 } }).document))
    expect(again.issues).toMatchObject([{ code: 'set-aside' }])
    expect(again.document.setAside).toEqual([{ at: 'nodes.a', value: 5 }])
  })

  it('lists keys that stand twice and numbers that a double cannot hold', () => {
    const text = `{"format":"tributary/graph","version":1,"id":"g","nodes":{"a":{"type":"text","params":{"n":12345678901234567890,"big":1e999,"fine":0.1000}},"a":{"type":"lm"}}}`
    const { issues, document } = opened(text)
    expect(issues.map(({ code }) => code)).toEqual(['duplicate-key', 'number-rounded', 'number-rounded'])
    expect(issues[0]?.message).toContain('nodes.a')
    expect(() => serializeGraph(document)).not.toThrow()
  })

  it('two notes of one id become two notes', () => {
    const note = { id: 'n', x: 0, y: 0, width: 1, height: 1, text: '' }
    expect(opened({ ...head, ui: { notes: [note, note] } }).document.ui.notes.map(({ id }) => id)).toEqual(['n', 'n-2'])
  })

  it('without an id gets one made of its content, the same each time', () => {
    const file = { format: 'tributary/graph', version: 1, nodes: { a: { type: 'text' } } }
    expect(opened(file).document.id).toBe(opened(file).document.id)
    expect(opened(file).document.id).toMatch(/^g_[0-9a-f]{12}$/)
  })
})

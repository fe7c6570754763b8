import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serializeGraph } from './canonical'
import { loadGraph } from './load'
import { body, graph, randomOf, testSpecs } from './testing'
import { validateGraph } from './validate'

const seedFile = serializeGraph(
  graph({
    nodes: {
      ask: { type: 'template', params: { template: 'Q: {{question}}\n"A":' }, title: 'Ask\n"nicely" → ->"' },
      small: { type: 'lm', params: { model: 'model:small', temperature: 0.2 }, seed: 7 },
      large: { type: 'lm', params: { model: 'model:large' }, policy: { onError: 'wire', retries: 2 } },
      rank: 'rank',
      ghost: { type: 'from-the-future', v: 9, params: { deep: { a: [1, { b: null }] } }, extra: { kept: ['ä', '\u2028', 1e-7] } },
      inner: { type: 'map', subgraph: 'each' },
    },
    wires: [
      '@question > ask.question',
      'ask.text > small.prompt',
      'ask.text > large.prompt',
      'small.text > rank.candidates#0',
      'large.text > rank.candidates#1',
      'ghost.out > rank.question',
      'rank.best > inner.item',
    ],
    interface: { inputs: { question: { type: 'text', example: 'Who?' } }, outputs: { answer: { type: 'text', from: 'rank.best' } } },
    models: { small: { catalog: 'toy-base' }, large: { sha256: 'a'.repeat(64), hint: 'Large' } },
    subgraphs: {
      each: body({
        nodes: { t: 'text' },
        interface: { inputs: { item: { type: 'text' } }, outputs: { item: { type: 'text', from: 't.text' } } },
      }),
    },
    ui: {
      nodes: { ask: { x: 1, y: 2 }, '@question': { x: -100, y: 2 } },
      notes: [{ id: 'n', x: 0, y: 0, width: 1, height: 1, text: 'note' }],
      frames: [{ id: 'f', title: '', nodes: ['ask'] }],
    },
    someNewField: { of: 'a later version' },
  }),
)

type Random = () => number
const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T

/** Damage to the bytes: truncation, changed, doubled and lost characters and lines. */
function mutateText(text: string, random: Random): string {
  const at = Math.floor(random() * text.length)
  const lines = text.split('\n')
  const line = Math.floor(random() * lines.length)
  const kinds: (() => string)[] = [
    () => text.slice(0, at),
    () =>
      text.slice(0, at) +
      pick(random, ['"', '{', '}', '[', ']', ',', ':', '\\', '\u0000', '9', 'e', '-', 'true', 'null', '__proto__', '😀', '\ud800']) +
      text.slice(at + 1),
    () => text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 20)),
    () => lines.toSpliced(line, 0, lines[line] ?? '').join('\n'),
    () => lines.toSpliced(line, 1).join('\n'),
    () => text.slice(0, at) + text.slice(Math.floor(random() * text.length)),
  ]
  return pick(random, kinds)()
}

const badValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  'x',
  'a.b',
  '@',
  '@question',
  '=answer',
  'a.b#-1',
  '#',
  '\n',
  '"',
  [],
  [[]],
  {},
  { type: 'lm' },
  { from: 'a.b' },
  'model:',
  'model:none',
  'constructor',
  'toString',
]
const badKeys = [
  '',
  ' ',
  'a b',
  '1',
  'a.b',
  '@question',
  '=answer',
  'toString',
  'hasOwnProperty',
  'x'.repeat(100),
  'ä',
  'a/b',
  'a~b',
  'from',
  'nodes',
]

/** Damage to the structure: values replaced, removed, added, moved, keys renamed. */
function mutateTree(value: unknown, random: Random): unknown {
  const places: { owner: Record<string, unknown>; key: string }[] = []
  const walk = (owner: unknown): void => {
    if (typeof owner !== 'object' || owner === null) return
    for (const key of Object.keys(owner)) {
      places.push({ owner: owner as Record<string, unknown>, key })
      walk((owner as Record<string, unknown>)[key])
    }
  }
  walk(value)
  const { owner, key } = pick(random, places)
  const rename = (fresh: string): void => {
    if (Array.isArray(owner)) return
    owner[fresh] = owner[key]
    delete owner[key]
  }
  const put = (at: string, replacement: unknown): void => {
    owner[at] = structuredClone(replacement)
  }
  const drop = (): void => {
    if (Array.isArray(owner)) owner.splice(Number(key), 1)
    else delete owner[key]
  }
  const add = (): void => {
    if (Array.isArray(owner)) owner.push(structuredClone(pick(random, badValues)))
    else put(pick(random, badKeys), pick(random, badValues))
  }
  const replace = (): void => put(key, pick(random, badValues))
  pick(random, [replace, replace, drop, () => rename(pick(random, badKeys)), () => put(key, pick(random, places).owner), add])()
  return value
}

const mutate = (random: Random): string => {
  let text = seedFile
  const rounds = 1 + Math.floor(random() * 4)
  if (random() < 0.65) {
    const tree: unknown = JSON.parse(text)
    for (let i = 0; i < rounds; i++) mutateTree(tree, random)
    text = JSON.stringify(tree)
  } else for (let i = 0; i < rounds; i++) text = mutateText(text, random)
  return text
}

describe('loadGraph on damaged files', () => {
  it('opens or refuses each of 10,000 with a sentence, loses nothing silently, and pollutes no prototype', { timeout: 180_000 }, () => {
    const random = randomOf(20261123)
    let opened = 0
    for (let i = 0; i < 10_000; i++) {
      const text = mutate(random)
      const loaded = loadGraph(text, { specs: testSpecs })
      if (!loaded.ok) {
        expect(loaded.error.message.length).toBeGreaterThan(10)
        continue
      }
      opened++
      checkNothingLost(text, loaded.document, loaded.issues.length)
      const saved = serializeGraph(loaded.document)
      const again = loadGraph(saved, { specs: testSpecs })
      if (!again.ok) throw new Error(`what was saved does not open: ${again.error.message}\n${text}`)
      if (serializeGraph(again.document) !== saved) throw new Error(`saving is not stable for\n${text}`)
      if (i % 10 === 0) validateGraph(loaded.document, testSpecs)
      expect(Object.keys({}).length + Object.keys(Object.prototype).length).toBe(0)
    }
    expect(opened).toBeGreaterThan(5_000)
  })
})

describe('nodes from the future', () => {
  it('whatever they hold comes back byte for byte', { timeout: 60_000 }, () => {
    const key = fc
      .string({ maxLength: 8 })
      .filter((name) => !['__proto__', 'constructor', 'prototype', 'type', 'v', 'params'].includes(name))
    const node = fc.dictionary(key, fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 }).map((extra) => ({ type: 'from-the-future', ...extra }))
    fc.assert(
      fc.property(node, fc.boolean(), (odd, isPretty) => {
        fc.pre(!/"(__proto__|constructor|prototype)":/.test(JSON.stringify(odd)))
        const line = JSON.stringify(odd)
        const file = { format: 'tributary/graph', version: 1, id: 'g', nodes: { odd } }
        const loaded = loadGraph(isPretty ? JSON.stringify(file, null, 2) : JSON.stringify(file), { specs: testSpecs })
        if (!loaded.ok) throw new Error(loaded.error.message)
        // Members that the format knows are repaired when they are of the wrong type; those are listed.
        if (loaded.issues.length > 0) return
        expect(serializeGraph(loaded.document)).toContain(`"odd": ${line}\n`)
      }),
      { numRuns: 500 },
    )
  })
})

/** Every node and wire of the file is in the document, or as many issues say what became of them. */
function checkNothingLost(text: string, document: ReturnType<typeof graph>, issues: number): void {
  const raw = JSON.parse(text) as Record<string, unknown>
  const nodes = typeof raw.nodes === 'object' && raw.nodes !== null && !Array.isArray(raw.nodes) ? Object.values(raw.nodes) : []
  const wires = Array.isArray(raw.wires) ? raw.wires : []
  const lost = Math.max(0, nodes.length - Object.keys(document.nodes).length) + Math.max(0, wires.length - document.wires.length)
  if (lost > issues) throw new Error(`${lost} nodes or wires were lost, ${issues} issues say so, in\n${text}`)
  const all = JSON.stringify(document)
  const missing = wires.filter((wire) => !all.includes(JSON.stringify(wire).slice(1, -1)))
  if (missing.length > 0 && issues === 0) throw new Error(`the wire ${JSON.stringify(missing[0])} was lost in\n${text}`)
}

import { serializeGraph } from './canonical'
import { body, graph, randomOf } from './testing'

/** Damaged graph files for tests and benchmarks: a real file with changes to its bytes or to its tree. */

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

/** `count` of them, the same ones for the same seed. */
export function* damagedFiles(count: number, seed: number): Generator<string> {
  const random = randomOf(seed)
  for (let i = 0; i < count; i++) yield mutate(random)
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

import { describe, expect, it } from 'vitest'
import type { WeightsExpression } from '../../shared/expression'
import { specsByType } from '../../shared/graph/specs'
import { validateGraph } from '../../shared/graph/validate'
import { createCatalog } from '../nodes/catalog'
import { layersText } from '../nodes/merging/stack-layers'
import { weightsCatalog } from '../weights/catalog'
import { recipeOf } from '../weights/write-model'
import { recipeOfGraph } from './expression'
import { graphOf } from './graph'
import { openRecipe } from './open'
import { parseRecipe, type Recipe } from './recipe'

const hash = (letter: string): string => letter.repeat(64)
const load = (letter: string): WeightsExpression => ({
  op: 'load',
  model: { backend: 'llama-cpp', id: hash(letter), name: `model ${letter}` },
})
const catalog = createCatalog()
const find = (type: string) => catalog.get(type)
const aliasOf = ({ id, name }: { id: string; name: string }) => ({ sha256: id, hint: name })

/** Through the graph and back: what its nodes build again. */
const again = (recipe: Recipe) => recipeOfGraph(graphOf(recipe, aliasOf), find)

const settings = (table: Readonly<Record<string, { default?: unknown }>>) =>
  Object.fromEntries(Object.entries(table).map(([name, spec]) => [name, spec.default as never]))

describe('a graph from a recipe', () => {
  it.each(
    weightsCatalog()
      .methods.filter(({ hasOwnNode }) => !hasOwnNode)
      .map((method) => [method.name, method] as const),
  )('%s: its nodes build the very expression again', async (name, method) => {
    const models = ['a', 'b', 'c'].slice(0, Math.min(3, method.models.max ?? 3))
    const expression: WeightsExpression = {
      op: 'merge',
      method: name,
      ...(method.base === 'required' ? { base: load('0') } : {}),
      models: models.map((letter) => ({
        weights: load(letter),
        params: settings(method.perModel),
        ...(method.statistics ? { statistics: hash(letter === 'c' ? 'a' : letter) } : {}),
      })),
      ...(method.statistics?.base ? { baseStatistics: hash('0') } : {}),
      params: settings(method.params),
      seed: method.stochastic ? 77 : 0,
    }
    expect((await again({ expression, name: 'x', dtype: 'F16' })).expression).toEqual(expression)
  })

  it('the most common chat template is asked for again, also of a recipe that is read from a file', async () => {
    const expression: WeightsExpression = {
      op: 'merge',
      method: 'average',
      models: ['a', 'b'].map((letter) => ({ weights: load(letter), params: {} })),
      params: {},
      seed: 0,
      chatTemplate: 'most',
    }
    const { text } = recipeOf({ expression, name: 'x', dtype: 'keep', recipe: {} })
    expect(parseRecipe(text).expression).toEqual(expression)
    expect((await again(parseRecipe(text))).expression).toEqual(expression)
  })

  it('every step has its node; equal steps are one; schedules and seeds stay', async () => {
    const base = load('0')
    const delta: WeightsExpression = { op: 'delta', tuned: load('a'), base }
    const dare = weightsCatalog().pruner('dare')
    const expression: WeightsExpression = {
      op: 'merge',
      method: 'task-arithmetic',
      base,
      models: [
        {
          weights: { op: 'prune', pruner: 'dare', of: delta, params: { ...settings(dare?.params ?? {}), density: [0.2, 0.9] }, seed: 5 },
          params: { weight: [0, 1] },
        },
        { weights: { op: 'permute', of: load('b'), to: load('c'), solver: 'sinkhorn' }, params: { weight: 0.5 } },
        {
          weights: {
            op: 'stack',
            sources: [load('a'), load('b')],
            layers: [
              { source: 0, layer: 0 },
              { source: 0, layer: 1 },
              { source: 1, layer: 3, scale: 0.5 },
            ],
          },
          params: { weight: 1 },
        },
      ],
      params: { ...settings(weightsCatalog().method('task-arithmetic')?.params ?? {}), scale: 0.7 },
      seed: 0,
    }
    const recipe: Recipe = { expression, name: 'all of it', dtype: 'Q8_0' }
    const document = graphOf(recipe, aliasOf)
    expect(await again(recipe)).toEqual(recipe)
    expect(Object.values(document.nodes).filter(({ type }) => type === 'load-weights')).toHaveLength(4)
    const issues = validateGraph(document, specsByType(catalog.specs()))
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  const measured = (method: string): WeightsExpression => ({
    op: 'merge',
    method,
    models: [{ weights: load('a'), params: {}, statistics: hash('f') }],
    params: {},
    seed: 0,
  })
  it.each<[string, WeightsExpression]>([
    [
      'joined units',
      {
        op: 'zip',
        models: [load('a'), load('b')],
        groups: [
          [
            [0, 2],
            [1, 3],
          ],
        ],
      },
    ],
    [
      'a mixture of experts',
      {
        op: 'experts',
        shared: load('0'),
        experts: [load('a'), load('b')],
        router: [
          [
            [0.5, -1],
            [1, 2],
          ],
        ],
        used: 1,
      },
    ],
    ['repaired units', measured('repair')],
    ['a corrected head', measured('surgery')],
  ])('%s keep what was measured for them', async (_, expression) => {
    const recipe: Recipe = { expression, name: 'x', dtype: 'F16' }
    expect(parseRecipe(recipeOf({ ...recipe, recipe: {} }).text).expression).toEqual(expression)
    expect((await again(recipe)).expression).toEqual(expression)
    const issues = validateGraph(graphOf(recipe, aliasOf), specsByType(catalog.specs()))
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  it('what it was quantized by comes by wire too', () => {
    const recipe: Recipe = { expression: load('a'), name: 'x', dtype: 'Q4_0', importance: hash('e') }
    expect(parseRecipe(recipeOf({ ...recipe, recipe: {} }).text)).toEqual(recipe)
    expect(graphOf(recipe, aliasOf).wires).toContainEqual({ from: 'statistics-unknown.statistics', to: 'write.importance' })
  })

  it('an adapter comes by wire, with its scale', () => {
    const { nodes, wires } = graphOf(
      { expression: { ...measured('lora'), params: { scale: 0.7 } } as WeightsExpression, name: 'x', dtype: 'F16' },
      aliasOf,
      [{ blob: hash('f'), quantities: ['loraA', 'loraB'], made: { node: 'extract-lora', models: ['toy-math'] } }],
    )
    expect(nodes.lora?.params).toEqual({ scale: 0.7 })
    expect(wires).toContainEqual({ from: 'statistics-toy-math.statistics', to: 'lora.adapter' })
    expect(nodes['statistics-toy-math']?.params.statistics).toMatchObject({ blob: hash('f'), quantities: ['loraA', 'loraB'] })
  })

  it('runs of layers read as a person writes them', () => {
    expect(
      layersText([
        { source: 0, layer: 0 },
        { source: 0, layer: 1 },
        { source: 1, layer: 4, scale: 0 },
        { source: 1, layer: 5, scale: 0 },
      ]),
    ).toBe('0: 0-1, 1: 4-5 * 0')
  })
})

describe('a recipe out of a file', () => {
  const text = recipeOf({ expression: load('a'), name: 'one', dtype: 'keep', recipe: {} }).text
  const from = (recipe: string) => ({
    recipe,
    inputs: [{ name: 'a `b`\n# c', sha256: hash('a') }],
    seed: 3,
    version: '2',
    warnings: ['careful'],
    statistics: [],
    searches: [],
  })

  it('opens with a note of hashes and seed; the texts of the file are no markup', () => {
    const { document } = openRecipe(from(text))
    const [note] = document.ui.notes
    expect(note?.text).toContain('Seed 3')
    expect(note?.text).toContain('aaaaaaaaaaaaaaaa')
    expect(note?.text).toContain('a  b  # c')
    expect(note?.text).toContain('careful')
    expect(Object.values(document.models)).toEqual([{ sha256: hash('a'), hint: 'model a' }])
  })

  it('tells how its numbers were searched, and the licences of its sources', () => {
    const search = {
      node: 'search-coefficients',
      search: 'bayes',
      tried: 12,
      best: 0.25,
      rows: { name: 'sums', count: 20, hash: 'f', keptFor: 'dev' },
    }
    const { document } = openRecipe({ ...from(text), searches: [search], licence: 'mit AND apache-2.0' })
    expect(document.ui.notes[0]?.text).toContain(
      'Search: search-coefficients by bayes, 12 candidates on 20 rows of sums (kept for: dev), best loss 0.2500.',
    )
    expect(document.ui.notes[0]?.text).toContain('Licence: mit AND apache-2.0')
  })

  it('tells how the statistics were made that are not in it', () => {
    const made = {
      node: 'calibrate',
      models: ['toy-math'],
      params: { measure: 'activations' },
      texts: { name: 'sums', rows: 40, hash: hash('1') },
      approximation: 'A proxy.',
    }
    const { document, issues } = openRecipe({ ...from(text), statistics: [{ blob: hash('f'), quantities: ['energy'], made }] })
    expect(document.ui.notes[0]?.text).toContain('Statistics: calibrate of toy-math on 40 rows of sums. A proxy.')
    expect(issues.map(({ message }) => message)).toEqual([expect.stringContaining('not in its file')])
  })

  it.each([
    ['no JSON', '{'],
    ['no recipe', '{}'],
    ['an unknown step', '{"expression":{"op":"run","command":"x"},"name":"x","dtype":"keep"}'],
    [
      'an unknown method',
      JSON.stringify({ expression: { op: 'merge', method: 'alchemy', models: [], params: {}, seed: 0 }, name: 'x', dtype: 'keep' }),
    ],
    [
      'nesting without end',
      `{"expression":${'{"op":"prune","pruner":"dare","params":{},"of":'.repeat(5000)}1${'}'.repeat(5000)},"name":"x","dtype":"keep"}`,
    ],
    ['a name that is too long', JSON.stringify({ expression: load('a'), name: 'x'.repeat(600), dtype: 'keep' })],
  ])('%s is refused', (_, recipe) => {
    expect(() => openRecipe(from(recipe))).toThrow(/recipe/)
    expect(() => parseRecipe('x'.repeat(17_000_000))).toThrow(/too long/)
  })
})

import { describe, expect, it } from 'vitest'
import { specsByType } from '../../../shared/graph/specs'
import { validateGraph } from '../../../shared/graph/validate'
import { createCatalog } from '../../nodes/catalog'
import { resolveSchedule } from '../../weights/settings'
import { graphOf } from '../graph'
import { isMergekit, parseMergekit } from './config'
import { exportMergekit } from './export'
import { importMergekit } from './import'
import { correspondences } from './methods'

const read = (text: string) => importMergekit(text)
const expressionOf = (text: string) =>
  read(text).recipe.expression as Extract<ReturnType<typeof read>['recipe']['expression'], { op: 'merge' }>

const ties = `
models:
  - model: one/math
    parameters: { density: [1, 0.5], weight: 1.0 }
  - model: two/facts
    parameters:
      density: 0.3
      weight:
        - filter: mlp
          value: 0.5
        - value: 0
merge_method: ties
base_model: zero/base
parameters: { normalize: false, int8_mask: true }
dtype: float16
`

describe('reading', () => {
  it('models, base, gradients, filters and type; MergeKit’s own meaning of TIES; what saves memory is told and ignored', () => {
    const { recipe, issues } = read(ties)
    expect(recipe.dtype).toBe('F16')
    expect(recipe.expression).toMatchObject({
      op: 'merge',
      method: 'ties',
      base: { op: 'load', model: { name: 'zero/base' } },
      models: [
        { weights: { model: { name: 'one/math' } }, params: { weight: 1, density: [1, 0.5] } },
        { params: { density: 0.3, weight: [{ filter: 'mlp', value: 0.5 }, { value: 0 }] } },
      ],
      params: { normalize: false, scale: 1, scope: 'tensor' },
    })
    expect(issues).toMatchObject([{ severity: 'info', message: expect.stringContaining('int8_mask') }])
  })

  it('the base of SLERP comes first, whatever the order of the models', () => {
    const text = 'models: [{model: b}, {model: a}]\nmerge_method: slerp\nbase_model: a\nparameters: {t: 0.25}\n'
    expect(expressionOf(text).models.map(({ weights }) => weights)).toMatchObject([{ model: { name: 'a' } }, { model: { name: 'b' } }])
    expect(expressionOf(text).params).toEqual({ t: 0.25 })
  })

  it('the gradient of the card: eight layers by hand', () => {
    const expected = [0, 0.285714, 0.471429, 0.357143, 0.414286, 0.642857, 0.828571, 1]
    for (const [layer, value] of expected.entries())
      expect(resolveSchedule([0, 0.5, 0.3, 0.7, 1], { tensor: `blk.${layer}.ffn_up.weight`, blocks: 8 })).toBeCloseTo(value, 6)
  })

  it('slices of single sources are a stack of layers, and a scale of theirs stays with its layers', () => {
    const text = `
slices:
  - sources: [{model: a, layer_range: [0, 3]}]
  - sources: [{model: b, layer_range: [2, 4], parameters: {scale: [{filter: down_proj, value: 0}, {value: 1}]}}]
merge_method: passthrough
`
    const { expression } = read(text).recipe
    expect(expression).toMatchObject({ op: 'merge', method: 'passthrough', models: [{ weights: { op: 'stack' } }] })
    const { models, params } = expression as unknown as { models: { weights: { layers: unknown } }[]; params: { scale: never } }
    expect(models[0]?.weights.layers).toEqual([
      { source: 0, layer: 0 },
      { source: 0, layer: 1 },
      { source: 0, layer: 2 },
      { source: 1, layer: 2 },
      { source: 1, layer: 3 },
    ])
    const at = (tensor: string) => resolveSchedule(params.scale, { tensor, blocks: 5 })
    expect(['blk.1.ffn_down.weight', 'blk.3.ffn_down.weight', 'blk.4.attn_q.weight', 'token_embd.weight'].map(at)).toEqual([1, 0, 1, 1])
  })

  it('slices of several sources are merged stacks; a gradient runs over its slice', () => {
    const text = `
slices:
  - sources: [{model: a, layer_range: [0, 2]}, {model: b, layer_range: [0, 2]}]
  - sources: [{model: a, layer_range: [2, 4]}, {model: b, layer_range: [2, 4]}]
merge_method: slerp
base_model: a
parameters: {t: [0, 1]}
`
    const { models, params } = expressionOf(text)
    expect(models).toHaveLength(2)
    const at = (tensor: string) => resolveSchedule(params.t, { tensor, blocks: 4 })
    expect(['token_embd.weight', ...[0, 1, 2, 3].map((layer) => `blk.${layer}.ffn_up.weight`), 'output_norm.weight'].map(at)).toEqual([
      0, 0, 1, 0, 1, 0,
    ])
  })

  it.each([
    ['an adapter', 'models: [{model: a+lora}]\nmerge_method: linear\nparameters: {weight: 1}', 'adapter'],
    ['an unknown method', 'models: [{model: a}]\nmerge_method: alchemy', 'alchemy'],
    ['an unknown key', 'models: [{model: a}]\nmerge_method: linear\nparameters: {weight: 1}\nmagic: 3', 'magic'],
    ['a chat template', 'models: [{model: a}]\nmerge_method: linear\nparameters: {weight: 1}\nchat_template: chatml', 'chat template'],
    ['a missing weight', 'models: [{model: a}]\nmerge_method: linear', 'no weight'],
    ['a mistyped setting', 'models: [{model: a}]\nmerge_method: linear\nparameters: {weight: 1, wieght: 2}', 'wieght'],
    ['a missing base', 'models: [{model: a, parameters: {weight: 1}}]\nmerge_method: task_arithmetic', 'base_model'],
    ['a type', 'models: [{model: a}]\nmerge_method: linear\nparameters: {weight: 1}\ndtype: int4', 'int4'],
    [
      'gammas that differ',
      'models: [{model: a, parameters: {weight: 1, gamma: 0.1}}, {model: b, parameters: {weight: 1}}]\nbase_model: c\nmerge_method: breadcrumbs',
      'gamma',
    ],
  ])('%s is told, and the rest is read', (_, text, said) => {
    expect(read(text).issues).toContainEqual(
      expect.objectContaining({ code: 'import-unsupported', message: expect.stringContaining(said) }),
    )
  })

  it.each([
    ['no YAML', 'merge_method: [', /line|cannot be read/],
    ['nothing', '', /empty|as it should be/],
    ['a list', '- 1', /as it should be/],
    [
      'bombs of aliases',
      `merge_method: linear\na: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\nmodels: 3`,
      /./,
    ],
    ['layers that are no numbers', 'merge_method: passthrough\nslices: [{sources: [{model: a, layer_range: [0, x]}]}]', /layer_range/],
  ])('%s is refused with a sentence', (_, text, said) => {
    expect(() => parseMergekit(text)).toThrow(said)
  })

  it('a configuration is told from other YAML', () => {
    expect([isMergekit(ties), isMergekit('a: 1\nmerge: 2')]).toEqual([true, false])
  })
})

const simple = (method: string, given: Readonly<Record<string, unknown>> = {}): string => {
  const { base, global, each } = correspondences[method] as (typeof correspondences)[string]
  const entry = (name: string) => ({
    model: name,
    parameters: Object.fromEntries(Object.entries(each).map(([key, { default: value }]) => [key, value ?? 0.5])),
  })
  const count = method === 'passthrough' ? ['a'] : ['a', 'b']
  return JSON.stringify(
    {
      merge_method: method,
      ...(base === 'deltas' ? { base_model: 'zero' } : base === 'ordered' ? { base_model: 'a' } : {}),
      models: count.map(entry),
      parameters: { ...Object.fromEntries(Object.entries(global).map(([key, { default: value }]) => [key, value ?? 0.25])), ...given },
    },
    null,
    2,
  ).replace('{\n  "merge_method"', '{\n  "merge_method"')
}

describe('every method', () => {
  it.each(Object.keys(correspondences))(
    '%s is read, drawn as a graph without problems but the absent models, and written so that it reads the same',
    (method) => {
      const { recipe, issues } = read(simple(method))
      expect(issues.filter(({ severity }) => severity !== 'info')).toEqual([])
      const document = graphOf(recipe, ({ name }) => ({ hint: name }))
      const problems = validateGraph(document, specsByType(createCatalog().specs()), { library: [] }).filter(
        ({ severity }) => severity === 'error',
      )
      expect(problems.filter(({ code }) => code !== 'model-missing')).toEqual([])
      expect(problems.length).toBeGreaterThan(0)
      const again = exportMergekit(recipe)
      expect(again.issues).toEqual([])
      expect(read(again.text).recipe).toEqual(recipe)
    },
  )
})

it('the most common chat template is asked for in both', () => {
  const { recipe, issues } = read('models: [{model: a}, {model: b}]\nmerge_method: linear\nparameters: {weight: 1}\nchat_template: auto')
  expect([issues, recipe.expression]).toMatchObject([[], { chatTemplate: 'most' }])
  const { text } = exportMergekit(recipe)
  expect(text).toContain('chat_template: auto')
  expect(read(text).recipe).toEqual(recipe)
})

it.each([
  ['nuslerp', { nuslerp_flatten: false, nuslerp_row_wise: true }, { unit: 'column' }],
  ['nuslerp', { nuslerp_flatten: false }, { unit: 'row' }],
  // flattened there are no rows
  ['nuslerp', { nuslerp_row_wise: true }, { unit: 'tensor' }],
  ['multislerp', { normalize_weights: false }, { normalize: false }],
  ['ties', { rescale: true }, { rescale: true, scope: 'tensor' }],
  ['breadcrumbs', { rescale: true }, { rescale: true }],
  ['sce', {}, { floor: 1e-6 }],
  ['model_stock', {}, { clamp: false, floor: 1e-6 }],
] as const)('%s with %j is %j here, and comes back', (method, parameters, params) => {
  const { recipe, issues } = read(simple(method, parameters))
  expect(issues).toEqual([])
  expect((recipe.expression as { params: unknown }).params).toMatchObject(params)
  const back = exportMergekit(recipe)
  expect(back.issues).toEqual([])
  expect(read(back.text).recipe).toEqual(recipe)
})

it('merged slices come out as slices of several sources', () => {
  const text = `
slices:
  - sources: [{model: a, layer_range: [0, 40]}, {model: b, layer_range: [0, 40]}]
merge_method: slerp
base_model: a
parameters:
  t: [{filter: self_attn, value: [0, 0.5, 1]}, {value: 0.5}]
`
  const exported = exportMergekit(read(text).recipe)
  expect(exported.text).toContain('layer_range: [0, 40]')
  expect(exported.text).not.toContain('---')
  expect(read(exported.text).recipe).toEqual(read(text).recipe)
})

it('tokenizers: union, a model, single tokens; read and written alike', () => {
  const text = `
merge_method: linear
models: [{model: a, parameters: {weight: 1}}, {model: b, parameters: {weight: 1}}]
tokenizer:
  source: union
  tokens:
    <|x|>: {source: b, force: true}
    <|y|>: {source: {kind: model_token, model: a, token: z}}
    <|w|>: {source: {kind: zero}}
  pad_to_multiple_of: 64
`
  const { recipe, issues } = read(text)
  expect(issues).toEqual([])
  expect(recipe.expression).toMatchObject({
    tokenizer: {
      source: 'union',
      tokens: {
        '<|x|>': { source: { kind: 'model', model: 1 }, force: true },
        '<|y|>': { source: { kind: 'model', model: 0, token: 'z' } },
        '<|w|>': { source: { kind: 'zero' } },
      },
      padToMultipleOf: 64,
    },
  })
  expect(read(exportMergekit(recipe).text).recipe).toEqual(recipe)
  expect(
    expressionOf('merge_method: linear\nmodels: [{model: a}, {model: b}]\nparameters: {weight: 1}\ntokenizer_source: b').tokenizer,
  ).toEqual({ source: 1 })
})

it('what MergeKit cannot say is told when writing', () => {
  const issues = exportMergekit({
    ...read(ties).recipe,
    expression: { ...expressionOf(ties), params: { scope: 'model' } },
    dtype: 'Q4_K',
  }).issues
  expect(issues.map(({ message }) => message).join(' ')).toMatch(/scope.*Q4_K/s)
})

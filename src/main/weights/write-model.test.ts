import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WeightsExpression } from '../../shared/expression'
import type { Quantity } from '../../shared/quantity'
import { weightsCatalog } from './catalog'
import { plainCodec, quantizable } from './convert/codec'
import { inlinePool, threadPool } from './engine/pools'
import { openBytes } from './gguf/bytes/file-bytes'
import { readGgufHeader } from './gguf/read-header'
import type { GgmlType } from './gguf/types/ggml-type'
import { numberOf, textOf } from './gguf/types/header'
import { provenanceOf } from './provenance'
import { randomOf } from './search/search'
import { encodeTable, type TableEntry } from './statistics/table'
import { writeTensorFile } from './testing/tensor-file'
import { writeTinyModel } from './testing/tiny-model'
import { merge, resolveToy, sha256Of, tensorOf, toy } from './testing/toys'
import { buildWorkerEntry } from './testing/worker-entry'
import { type WriteRequest, type WriteTools, writeModel } from './write-model'

// threads start slowly on a busy machine
vi.setConfig({ testTimeout: 60_000 })

let folder = ''
let entry = ''
beforeAll(async () => {
  entry = await buildWorkerEntry()
}, 60_000)
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-model-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const request = (expression: WeightsExpression, more: Partial<WriteRequest> = {}): WriteRequest => ({
  expression,
  name: 'merged',
  dtype: 'keep',
  recipe: {},
  ...more,
})
let count = 0
const inline: WriteTools = { resolve: resolveToy, codec: plainCodec, pool: (plan) => inlinePool(plan, plainCodec) }
const write = async (expression: WeightsExpression, more: Partial<WriteRequest> = {}, tools: Partial<WriteTools> = {}): Promise<string> => {
  const path = join(folder, `out-${count++}.gguf`)
  await writeModel(path, request(expression, more), { ...inline, ...tools })
  return path
}

const sameNumbers = (a: Float32Array, b: Float32Array): boolean => a.every((value, i) => value === b[i])

const toyPath = (name: string): string => join('resources/toys', `${name}.gguf`)

describe('what is written', () => {
  it('the average of two toys is their average, tensor by tensor, in their own types', async () => {
    const path = await write(merge('average', [toy('toy-math'), toy('toy-facts')]))
    const header = await readGgufHeader(path)
    expect(header.tensors.map(({ name, type, shape }) => [name, type, shape])).toEqual(
      (await readGgufHeader(toyPath('toy-math'))).tensors.map(({ name, type, shape }) => [name, type, shape]),
    )
    for (const name of ['token_embd.weight', 'blk.2.ffn_down.weight', 'blk.0.attn_norm.weight']) {
      const [a, b, c] = [await tensorOf(toyPath('toy-math'), name), await tensorOf(toyPath('toy-facts'), name), await tensorOf(path, name)]
      for (let i = 0; i < c.length; i += 7) expect(c[i]).toBeCloseTo(((a[i] ?? 0) + (b[i] ?? 0)) / 2, 2)
    }
  })

  it('base plus nothing is the base, bit for bit', async () => {
    const path = await write(merge('task-arithmetic', [toy('toy-math')], { base: toy('toy-base'), each: { weight: 0 } }))
    for (const { name } of (await readGgufHeader(path)).tensors)
      expect(await tensorOf(path, name)).toEqual(await tensorOf(toyPath('toy-base'), name))
  })

  it('a task vector, pruned of nothing and added again, gives the tuned model back', async () => {
    const vector: WeightsExpression = {
      op: 'prune',
      pruner: 'magnitude',
      params: { density: 1 },
      of: { op: 'delta', tuned: toy('toy-math'), base: toy('toy-base') },
    }
    const path = await write(merge('task-arithmetic', [vector], { base: toy('toy-base') }), { dtype: 'F32' })
    for (const name of ['token_embd.weight', 'blk.3.attn_q.weight']) {
      const [wanted, given] = [await tensorOf(toyPath('toy-math'), name), await tensorOf(path, name)]
      for (let i = 0; i < wanted.length; i++) expect(Math.abs((given[i] ?? 0) - (wanted[i] ?? 0))).toBeLessThan(1e-6)
    }
  })

  it('carries recipe, hashes of the sources and seed, and no path', async () => {
    const path = await write(merge('dare-linear', [toy('toy-math')], { base: toy('toy-base'), seed: 9 }), {
      name: 'My merge',
      recipe: { graph: { nodes: [] } },
    })
    const { metadata } = await readGgufHeader(path)
    expect(textOf(metadata, 'general.name')).toBe('My merge')
    const recipe = JSON.parse(textOf(metadata, 'tributary.recipe') ?? '')
    expect(recipe).toMatchObject({ dtype: 'keep', graph: { nodes: [] }, expression: { op: 'merge', method: 'dare-linear', seed: 9 } })
    expect(textOf(metadata, 'tributary.merge.inputs')).toContain('toy:toy-math')
    expect(
      [...metadata]
        .filter(([key]) => key.startsWith('tributary'))
        .map(([, { value }]) => String(value))
        .join(),
    ).not.toContain(process.cwd())
  })

  it('says how the statistics were made that it weighed by, what stands in for the real thing included', async () => {
    const made = { node: 'calibrate', models: ['toy-math'], approximation: 'A proxy.' }
    const entry: TableEntry = { matrix: 'blk.0.ffn_up.weight', quantity: 'energy', shape: [128], data: new Float32Array(128).fill(1) }
    const key = 'a'.repeat(64)
    const path = await write(
      { op: 'merge', method: 'fisher', models: [{ weights: toy('toy-math'), params: {}, statistics: key }], params: {}, seed: 0 },
      { blobs: { get: async () => encodeTable([entry], { made }) } },
    )
    expect((await provenanceOf(path))?.statistics).toEqual([{ blob: key, quantities: ['energy'], made }])
  })

  it('names its sources as GGUF does, and says what a search tried', async () => {
    const search = { node: 'search-coefficients', tried: 12, best: 0.5, rows: { name: 'sums', count: 20, hash: 'f', keptFor: 'dev' } }
    const plain = merge('linear', [toy('toy-math'), toy('toy-facts')])
    const path = await write(plain.op === 'merge' ? { ...plain, search } : plain)
    const { metadata } = await readGgufHeader(path)
    expect(metadata.get('general.base_model.count')?.value).toBe(2)
    expect(textOf(metadata, 'general.base_model.1.name')).toBeTruthy()
    expect(metadata.get('general.tags')?.value).toContain('merge')
    expect((await provenanceOf(path))?.searches).toEqual([search])
    const stack = await write({ op: 'stack', sources: [plain], layers: [{ source: 0, layer: 0 }], search })
    expect((await provenanceOf(stack))?.searches).toEqual([search])
  })

  it('tells of task vectors that are alike, and keeps it in the file', async () => {
    const path = join(folder, 'alike.gguf')
    const twice = merge('task-arithmetic', [toy('toy-math'), toy('toy-math')], { base: toy('toy-base') })
    const { warnings } = await writeModel(path, request(twice), inline)
    expect(warnings).toEqual([expect.stringContaining('change the base alike')])
    expect((await provenanceOf(path))?.warnings).toEqual(warnings)
  })

  it('stacked layers: the same path is the same model, and a longer one has its layers', async () => {
    const path = await write({ op: 'stack', sources: [toy('toy-math')], layers: [0, 1, 2, 3].map((layer) => ({ source: 0, layer })) })
    for (const { name } of (await readGgufHeader(path)).tensors)
      expect(await tensorOf(path, name)).toEqual(await tensorOf(toyPath('toy-math'), name))
    const longer = await write({
      op: 'stack',
      sources: [toy('toy-math'), toy('toy-facts')],
      layers: [
        { source: 0, layer: 0 },
        { source: 0, layer: 1 },
        { source: 1, layer: 1 },
        { source: 1, layer: 2, scale: 0 },
        { source: 1, layer: 3 },
      ],
    })
    const header = await readGgufHeader(longer)
    expect(header.metadata.get('llama.block_count')?.value).toBe(5)
    expect(await tensorOf(longer, 'blk.2.ffn_up.weight')).toEqual(await tensorOf(toyPath('toy-facts'), 'blk.1.ffn_up.weight'))
    expect((await tensorOf(longer, 'blk.3.ffn_down.weight')).every((value) => value === 0)).toBe(true)
    expect(await tensorOf(longer, 'output.weight')).toEqual(await tensorOf(toyPath('toy-facts'), 'output.weight'))
  })
})

describe('units in another order', () => {
  const shuffled: WeightsExpression = { op: 'permute', of: toy('toy-math'), solver: 'assignment', seed: 7 }
  it.each(['assignment', 'transport', 'sinkhorn'] as const)('%s finds the way back from a shuffle, exactly', async (solver) => {
    const path = await write({ op: 'permute', of: shuffled, to: toy('toy-math'), solver })
    for (const name of ['blk.0.ffn_up.weight', 'blk.1.ffn_gate.weight', 'blk.3.ffn_down.weight', 'blk.2.attn_q.weight'])
      expect(await tensorOf(path, name)).toEqual(await tensorOf(toyPath('toy-math'), name))
  })
  const whole: WeightsExpression = { op: 'permute', of: toy('toy-math'), solver: 'assignment', heads: true, seed: 7 }
  it.each(['assignment', 'transport', 'sinkhorn'] as const)(
    '%s finds heads, their groups and value channels again, exactly',
    async (solver) => {
      const [moved, path] = [await write(whole), await write({ op: 'permute', of: whole, to: toy('toy-math'), solver, heads: true })]
      // two groups of two heads: in some blocks a shuffle leaves them where they were
      const parts = new Set<string>()
      for (const { name } of (await readGgufHeader(moved)).tensors)
        if (sameNumbers(await tensorOf(moved, name), await tensorOf(toyPath('toy-math'), name)) === false)
          parts.add(name.split('.')[2] ?? name)
      expect([...parts].sort()).toEqual(['attn_k', 'attn_output', 'attn_q', 'attn_v', 'ffn_down', 'ffn_gate', 'ffn_up'])
      for (const { name } of (await readGgufHeader(path)).tensors)
        expect(await tensorOf(path, name)).toEqual(await tensorOf(toyPath('toy-math'), name))
    },
  )
  it('a shuffle moves the units and nothing else', async () => {
    const path = await write(shuffled)
    const [moved, original] = [await tensorOf(path, 'blk.0.ffn_up.weight'), await tensorOf(toyPath('toy-math'), 'blk.0.ffn_up.weight')]
    expect(moved).not.toEqual(original)
    expect([...moved].sort()).toEqual([...original].sort())
    expect(await tensorOf(path, 'blk.0.attn_q.weight')).toEqual(await tensorOf(toyPath('toy-math'), 'blk.0.attn_q.weight'))
  })
})

describe('the same recipe gives the same bytes', () => {
  const tiny = ['base', 'a', 'b', 'c']
  const tinyFolder = mkdtempSync(join(tmpdir(), 'tiny-'))
  const tinyPath = (name: string): string => join(tinyFolder, `${name}.gguf`)
  beforeAll(() => {
    for (const [nudge, name] of tiny.entries()) writeTinyModel(tinyPath(name), nudge)
  })
  afterAll(() => rmSync(tinyFolder, { recursive: true }))

  /** Statistics of the model of this number, of a matrix in one block and of one in several. */
  const blobs = {
    get: async (key: string) => {
      const { uniform } = randomOf(Number(key))
      const entry = (matrix: string, quantity: Quantity, length: number): TableEntry => ({
        matrix,
        quantity,
        shape: [length],
        data: Float32Array.from({ length }, () => 0.1 + uniform()),
      })
      const up = 'blk.0.ffn_up.weight'
      const gram = entry(up, 'gram', 32 * 32)
      for (let i = 0; i < 32; i++) gram.data[i * 33] = 40
      for (let i = 0; i < 32; i++) for (let j = 0; j < i; j++) gram.data[i * 32 + j] = gram.data[j * 32 + i] ?? 0
      return encodeTable([
        gram,
        ...[up, 'token_embd.weight'].map((matrix) => entry(matrix, 'energy', 32)),
        entry('token_embd.weight', 'fisher', 32 * 5000),
        entry('blk.0.ffn_down.weight', 'units', 64),
        entry('token_embd.weight', 'scale', 5000),
        entry('token_embd.weight', 'map', 32 * 32),
        entry('token_embd.weight', 'loraA', 2 * 32),
        entry('token_embd.weight', 'loraB', 2 * 5000),
      ])
    },
  }

  it.each(weightsCatalog().methods.map((method) => [method.name, method] as const))(
    '%s: whatever the size of jobs and the number of threads',
    async (name, method) => {
      const models = ['a', 'b', 'c'].slice(0, Math.min(3, method.models.max ?? 3)).map(toy)
      const plain = merge(name, models, { ...(method.base === 'required' ? { base: toy('base') } : {}), seed: 3 })
      const expression =
        method.statistics && plain.op === 'merge'
          ? { ...plain, models: plain.models.map((model, index) => ({ ...model, statistics: String(index) })) }
          : plain
      const tools = { resolve: async (ref: { name: string }) => ({ path: tinyPath(ref.name) }) }
      const hashes = [
        await write(expression, { blobs }, { ...tools, jobBlocks: 1 }),
        await write(expression, { blobs }, { ...tools, jobBlocks: 1000 }),
        await write(expression, { blobs }, { ...tools, jobBlocks: 2, pool: (plan) => threadPool(entry, plan, 3) }),
      ].map(sha256Of)
      expect(new Set(hashes).size).toBe(1)
    },
  )

  const options = weightsCatalog().methods.flatMap((method) =>
    Object.entries(method.params).flatMap(([param, spec]) => {
      const others =
        spec.kind === 'boolean'
          ? [!spec.default]
          : spec.kind === 'choice'
            ? spec.options.map(({ value }) => value).filter((value) => value !== spec.default)
            : []
      return others.map((value) => [method.name, param, value, method] as const)
    }),
  )
  it.each(options)('%s with %s %s: whatever the size of jobs', async (name, param, value, method) => {
    const models = ['a', 'b', 'c'].slice(0, Math.min(3, method.models.max ?? 3)).map(toy)
    const plain = merge(name, models, { ...(method.base === 'required' ? { base: toy('base') } : {}), seed: 3, params: { [param]: value } })
    const expression =
      method.statistics && plain.op === 'merge'
        ? { ...plain, models: plain.models.map((model, index) => ({ ...model, statistics: String(index) })) }
        : plain
    const tools = { resolve: async (ref: { name: string }) => ({ path: tinyPath(ref.name) }) }
    const [small, large] = [1, 1000].map((jobBlocks) => write(expression, { blobs }, { ...tools, jobBlocks }))
    expect(sha256Of(await (small as Promise<string>))).toBe(sha256Of(await (large as Promise<string>)))
  })

  it('another seed gives other bytes where numbers are drawn, and a permutation of the models the same', async () => {
    const of = (seed: number, names: string[]) =>
      write(merge('dare-linear', names.map(toy), { base: toy('toy-base'), seed }), { dtype: 'F32' })
    const [a, b, c] = [
      await of(1, ['toy-math', 'toy-facts']),
      await of(2, ['toy-math', 'toy-facts']),
      await of(1, ['toy-facts', 'toy-math']),
    ]
    expect(await tensorOf(a, 'blk.0.ffn_up.weight')).not.toEqual(await tensorOf(b, 'blk.0.ffn_up.weight'))
    const [left, right] = [await tensorOf(a, 'blk.0.ffn_up.weight'), await tensorOf(c, 'blk.0.ffn_up.weight')]
    for (let i = 0; i < left.length; i++) expect(Math.abs((left[i] ?? 0) - (right[i] ?? 0))).toBeLessThan(1e-6)
  })
})

describe('quantized types, by ggml', () => {
  const threads: Partial<WriteTools> = { codec: { canEncode: () => true }, pool: (plan) => threadPool(entry, plan, 2) }
  it.each([
    ['Q8_0', 0.02],
    ['Q4_1', 0.2],
    ['Q5_0', 0.1],
  ] as const)('%s is written, and read again within its rounding', async (dtype, tolerance) => {
    const path = await write(toy('toy-math'), { dtype }, threads)
    expect(statSync(path).size).toBeLessThan(statSync(toyPath('toy-math')).size * 0.7)
    const back = await write(toy(basename(path, '.gguf')), { dtype: 'F32' }, { ...threads, resolve: async () => ({ path }) })
    const [wanted, given] = [await tensorOf(toyPath('toy-math'), 'blk.1.ffn_up.weight'), await tensorOf(back, 'blk.1.ffn_up.weight')]
    let error = 0
    let size = 0
    for (let i = 0; i < wanted.length; i++) {
      error += ((wanted[i] ?? 0) - (given[i] ?? 0)) ** 2
      size += (wanted[i] ?? 0) ** 2
    }
    expect(Math.sqrt(error / size)).toBeLessThan(tolerance)
  })

  // relative errors on numbers like those of a model, without an importance matrix; measured, and a tenth more
  const errors: Partial<Record<GgmlType, number>> = {
    Q4_0: 0.095,
    Q4_1: 0.087,
    Q5_0: 0.048,
    Q5_1: 0.042,
    Q8_0: 0.006,
    Q2_K: 0.33,
    Q3_K: 0.17,
    Q4_K: 0.08,
    Q5_K: 0.04,
    Q6_K: 0.02,
    IQ4_NL: 0.084,
    IQ4_XS: 0.084,
    IQ3_S: 0.19,
    IQ3_XXS: 0.23,
    IQ2_XXS: 0.38,
    TQ1_0: 0.91,
    TQ2_0: 0.91,
    MXFP4: 0.13,
  }
  // the others need seconds for their tables: ggml-codec.models.test.ts
  it.each(quantizable.filter((type) => Object.hasOwn(errors, type)))(
    '%s comes back within its rounding, and the file says its type',
    async (dtype) => {
      const { normal } = randomOf(4)
      const rows = Float32Array.from({ length: 512 * 6 }, () => 0.02 * normal())
      const made = writeTensorFile(
        [
          { name: 'token_embd.weight', shape: [512, 6], type: 'F32', values: rows },
          { name: 'blk.0.ffn_up.weight', shape: [512, 6], type: 'F32', values: rows },
        ],
        { 'llama.embedding_length': { type: 'uint32', value: 512 } },
      )
      try {
        const file = { ...threads, resolve: async () => ({ path: made.path }) }
        const path = join(folder, 'coarse.gguf')
        const { warnings } = await writeModel(path, request(toy('made'), { dtype }), { ...inline, ...file })
        const { metadata, tensors } = await readGgufHeader(path)
        expect(tensors.find(({ name }) => name === 'blk.0.ffn_up.weight')?.type).toBe(dtype)
        expect(numberOf(metadata, 'general.file_type')).toBeGreaterThan(1)
        expect(warnings.join().includes('without an importance matrix')).toBe(/^IQ[12]/.test(dtype))
        const back = await tensorOf(
          await write(toy('coarse'), { dtype: 'F32' }, { ...threads, resolve: async () => ({ path }) }),
          'blk.0.ffn_up.weight',
        )
        const square = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0)
        const error = Math.sqrt(square(back.map((value, i) => value - (rows[i] ?? 0))) / square(rows))
        expect(error).toBeLessThan(errors[dtype] ?? 0)
      } finally {
        made.remove()
      }
    },
  )

  it('rows that do not fit a type are told', async () => {
    // the toys are 96 wide
    const path = join(folder, 'wide.gguf')
    const { warnings } = await writeModel(path, request(toy('toy-math'), { dtype: 'Q6_K' }), { ...inline, ...threads })
    expect(warnings).toEqual([
      expect.stringMatching(/^\d+ of \d+ matrices become F16: their rows are no multiple of 256, as Q6_K wants them\.$/),
    ])
    const fitting = await writeModel(path, request(toy('toy-math'), { dtype: 'Q8_0' }), { ...inline, ...threads })
    expect(fitting.warnings).toEqual([])
  })

  it('a difference of coarse models is refused, unless it is allowed', async () => {
    const path = await write(toy('toy-math'), { dtype: 'Q4_0' }, threads)
    const tools = { ...threads, resolve: async (ref: { name: string }) => (ref.name === 'coarse' ? { path } : { path: toyPath(ref.name) }) }
    const delta = (allowQuantized: boolean): WeightsExpression =>
      merge('task-arithmetic', [{ op: 'delta', tuned: toy('coarse'), base: toy('toy-base'), allowQuantized }], { base: toy('toy-base') })
    await expect(write(delta(false), {}, tools)).rejects.toMatchObject({
      code: 'weights-quantized',
      message: expect.stringContaining('coarse'),
    })
    await write(delta(true), { dtype: 'F16' }, tools)
    await write(merge('average', [toy('coarse'), toy('toy-facts')]), { dtype: 'F16' }, tools)
  })
})

describe('what is refused, before a byte is written', () => {
  const rows: [string, WeightsExpression, Partial<WriteRequest>, string, string][] = [
    ['another width', merge('average', [toy('toy-base'), toy('toy-draft')]), {}, 'weights-mismatch', 'block_count'],
    ['another vocabulary', merge('average', [toy('toy-base'), toy('toy-other')]), {}, 'weights-mismatch', 'block_count'],
    ['a missing base', merge('ties', [toy('toy-math'), toy('toy-facts')]), {}, 'weights-parameter', 'base'],
    ['too many models', merge('slerp', [toy('toy-math'), toy('toy-facts'), toy('toy-base')]), {}, 'weights-parameter', 'exactly 2'],
    ['an unknown method', merge('alchemy', [toy('toy-math')]), {}, 'weights-parameter', 'alchemy'],
    [
      'a density above 1',
      merge('ties', [toy('toy-math')], { base: toy('toy-base'), each: { density: 2 } }),
      {},
      'weights-parameter',
      'density',
    ],
    [
      'weights that cancel',
      {
        ...merge('linear', [toy('toy-math'), toy('toy-facts')]),
        models: [
          { weights: toy('toy-math'), params: { weight: 1 } },
          { weights: toy('toy-facts'), params: { weight: -1 } },
        ],
      } as WeightsExpression,
      {},
      'weights-parameter',
      'sum to zero',
    ],
    ['a task vector as a model', { op: 'delta', tuned: toy('toy-math'), base: toy('toy-base') }, {}, 'weights-mismatch', 'task vector'],
    [
      'a model where a task vector belongs',
      { op: 'prune', pruner: 'dare', params: {}, of: toy('toy-math') },
      {},
      'weights-mismatch',
      'whole model',
    ],
    ['an unknown type', toy('toy-math'), { dtype: 'F7' }, 'weights-parameter', 'F7'],
    ['a type nobody here can write', toy('toy-math'), { dtype: 'Q8_0' }, 'model-unsupported', 'Q8_0'],
    [
      'a layer that is not there',
      { op: 'stack', sources: [toy('toy-math')], layers: [{ source: 0, layer: 9 }] },
      {},
      'weights-parameter',
      'layer 9',
    ],
    ['no layers', { op: 'stack', sources: [toy('toy-math')], layers: [] }, {}, 'weights-parameter', 'no layers'],
  ]
  it.each(rows)('%s', async (_, expression, more, code, said) => {
    await expect(write(expression, more)).rejects.toMatchObject({ code, message: expect.stringContaining(said) })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('trouble midway', () => {
  it('a value beyond F16 is told by its tensor, with the remedy', async () => {
    const huge: WeightsExpression = {
      op: 'prune',
      pruner: 'scale',
      params: { factor: 10 },
      of: {
        op: 'prune',
        pruner: 'scale',
        params: { factor: 10 },
        of: { op: 'delta', tuned: toy('toy-math'), base: merge('passthrough', [toy('toy-base')], { params: { scale: 10 } }) },
      },
    }
    const far = merge('task-arithmetic', [huge], { base: toy('toy-base'), params: { scale: 10 }, each: { weight: 10 } })
    const furthest = merge('passthrough', [far], { params: { scale: 10 } })
    await expect(write(furthest, { dtype: 'F16' })).rejects.toMatchObject({
      code: 'weights-not-finite',
      hint: expect.stringContaining('BF16'),
    })
    expect(readdirSync(folder)).toEqual([])
  })

  const damaged = async (): Promise<string> => {
    const path = join(folder, 'damaged.gguf')
    copyFileSync(toyPath('toy-math'), path)
    const tensor = (await readGgufHeader(path)).tensors.find(({ name }) => name === 'blk.3.ffn_norm.weight')
    const file = openBytes(path)
    const bytes = Uint8Array.from(file.read(0, file.size))
    file.close()
    new DataView(bytes.buffer).setFloat32(tensor?.offset ?? 0, Number.NaN, true)
    writeFileSync(path, bytes)
    return path
  }

  it('a NaN in a tensor stops the merge by the name of the tensor and leaves nothing', async () => {
    const path = await damaged()
    const tools = { resolve: async (ref: { name: string }) => ({ path: ref.name === 'damaged' ? path : toyPath(ref.name) }) }
    for (const pool of [inline.pool, (plan: Parameters<WriteTools['pool']>[0]) => threadPool(entry, plan, 2)])
      await expect(write(merge('average', [toy('damaged'), toy('toy-facts')]), {}, { ...tools, pool })).rejects.toMatchObject({
        code: 'weights-not-finite',
        message: expect.stringContaining('blk.3.ffn_norm.weight'),
      })
    expect(readdirSync(folder)).toEqual(['damaged.gguf'])
  })

  it('a tensor with values that are no numbers is dropped where that is asked, and told', async () => {
    const path = await damaged()
    const tools = { ...inline, resolve: async (ref: { name: string }) => ({ path: ref.name === 'damaged' ? path : toyPath(ref.name) }) }
    const asked = merge('task-arithmetic', [toy('damaged')], { base: toy('toy-base') })
    const expression = { ...asked, dropUnfit: true } as WeightsExpression
    const out = join(folder, 'dropped.gguf')
    const { warnings } = await writeModel(out, request(expression, { dtype: 'F32' }), tools)
    expect(warnings).toContain('damaged holds values that are no numbers in blk.3.ffn_norm.weight: what it changed there is dropped.')
    expect(await tensorOf(out, 'blk.3.ffn_norm.weight')).toEqual(await tensorOf(toyPath('toy-base'), 'blk.3.ffn_norm.weight'))
    expect(await tensorOf(out, 'blk.2.ffn_norm.weight')).not.toEqual(await tensorOf(toyPath('toy-base'), 'blk.2.ffn_norm.weight'))
    const threaded = join(folder, 'threaded.gguf')
    await writeModel(threaded, request(expression, { dtype: 'F32' }), {
      ...tools,
      jobBlocks: 1,
      pool: (plan) => threadPool(entry, plan, 2),
    })
    expect(sha256Of(threaded)).toBe(sha256Of(out))
  })

  it('stopping leaves nothing under either name', async () => {
    const stop = new AbortController()
    let calls = 0
    const onProgress = (): void => {
      if (++calls === 5) stop.abort(new Error('stopped'))
    }
    await expect(write(merge('average', [toy('toy-math'), toy('toy-facts')]), {}, { signal: stop.signal, onProgress })).rejects.toThrow(
      'stopped',
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('knows the SHA-256 of its files when the last byte is written, whatever the order in which they came', async () => {
    const expression = merge('ties', [toy('toy-math'), toy('toy-facts')], { base: toy('toy-base') })
    const threads: Partial<WriteTools> = { jobBlocks: 1, pool: (plan) => threadPool(entry, plan, 3) }
    const one = await writeModel(join(folder, 'one.gguf'), request(expression), { ...inline, ...threads })
    expect([...one.hashes]).toEqual([[one.path, sha256Of(one.path)]])
    const shards = await writeModel(join(folder, 'many'), request(expression, { format: 'safetensors', shardBytes: 300_000 }), {
      ...inline,
      ...threads,
    })
    expect(shards.hashes.size).toBeGreaterThan(3)
    for (const [file, hash] of shards.hashes) expect([file, hash]).toEqual([file, sha256Of(file)])
    expect((await writeModel(join(folder, 'quick.gguf'), request(expression), { ...inline, quick: true })).hashes.size).toBe(0)
  })

  it('after a kill the finished tensors are kept, of the same recipe only', async () => {
    const expression = merge('average', [toy('toy-math'), toy('toy-facts')])
    const whole = await write(expression)
    const path = join(folder, 'resumed.gguf')
    const { recipeHash } = await writeModel(join(folder, 'again.gguf'), request(expression), inline)
    const count = (await readGgufHeader(whole)).tensors.length
    const leave = (recipe: string): void => {
      copyFileSync(whole, `${path}.part`)
      writeFileSync(`${path}.part.json`, JSON.stringify({ recipe, done: Array.from({ length: count - 2 }, (_, index) => index) }))
    }
    leave(recipeHash)
    const resumed = await writeModel(path, request(expression), inline)
    expect(resumed.resumed).toBe(count - 2)
    expect(sha256Of(path)).toBe(sha256Of(whole))
    // what the earlier attempt had written is in the hash as well
    expect([...resumed.hashes]).toEqual([[path, sha256Of(whole)]])
    leave('another')
    expect((await writeModel(path, request(expression), inline)).resumed).toBe(0)
    expect(sha256Of(path)).toBe(sha256Of(whole))
    expect(existsSync(`${path}.part.json`) || existsSync(`${path}.part`)).toBe(false)
  })
})

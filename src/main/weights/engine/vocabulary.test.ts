import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TokenizerPolicy, WeightsExpression } from '../../../shared/expression'
import { plainCodec } from '../convert/codec'
import { openBytes } from '../gguf/bytes/file-bytes'
import { readGgufHeader } from '../gguf/read-header'
import { type GgufMetadata, type GgufValue, listOf } from '../gguf/types/header'
import { writeGguf } from '../gguf/write/write-gguf'
import { merge, resolveToy, tensorOf, toy } from '../testing/toys'
import { writeModel } from '../write-model'
import { approximateRows } from './approximate-rows'
import { compile } from './compile'
import { Derived } from './derived'
import type { PlanNode } from './plan'
import { inlinePool } from './pools'

const folder = mkdtempSync(join(tmpdir(), 'vocabulary-'))
afterAll(() => rmSync(folder, { recursive: true }))

const text = (value: string): GgufValue => ({ type: 'string', value })
const uint = (value: number): GgufValue => ({ type: 'uint32', value })
const texts = (value: string[]): GgufValue => ({ type: 'array', items: 'string', value })

/** A model of width 2 whose embedding rows are given by their tokens. */
async function small(name: string, rows: Record<string, [number, number]>, kind = 'gpt2', merges: string[] = []): Promise<void> {
  const tokens = Object.keys(rows)
  const metadata: GgufMetadata = new Map<string, GgufValue>([
    ['general.architecture', text('llama')],
    ['llama.block_count', uint(1)],
    ['llama.embedding_length', uint(2)],
    ['llama.vocab_size', uint(tokens.length)],
    ['tokenizer.ggml.model', text(kind)],
    ['tokenizer.ggml.tokens', texts(tokens)],
    ['tokenizer.ggml.token_type', { type: 'array', items: 'int32', value: tokens.map((token) => (token.startsWith('[PAD') ? 5 : 1)) }],
    ['tokenizer.ggml.merges', texts(merges)],
  ])
  const bytes = (values: number[]) => () => [new Uint8Array(Float32Array.from(values).buffer)]
  await writeGguf(join(folder, `${name}.gguf`), {
    metadata,
    tensors: [
      { name: 'token_embd.weight', shape: [2, tokens.length], type: 'F32', bytes: bytes(Object.values(rows).flat()) },
      { name: 'blk.0.attn_norm.weight', shape: [2], type: 'F32', bytes: bytes([1, 1]) },
    ],
  })
}

beforeAll(async () => {
  await small('A', { a: [1, 0], b: [0, 1], c: [2, 2] }, 'gpt2', ['a b'])
  await small('B', { b: [4, 4], d: [6, 0] }, 'gpt2', ['b d'])
  await small('C', { d: [0, 3], e: [5, 5], '[PAD2]': [9, 9] })
  await small('turned', { a: [0, 1], b: [-1, 0], d: [-3, -2] })
  await small('other', { a: [1, 1] }, 'llama')
})

const load = (name: string): WeightsExpression => ({ op: 'load', model: { backend: 'llama-cpp', id: name, name } })
let count = 0
async function merged(
  names: string[],
  tokenizer: TokenizerPolicy,
  base?: string,
): Promise<{ tokens: string[]; rows: number[][]; merges: string[]; size: unknown }> {
  const path = join(folder, `out-${count++}.gguf`)
  const expression = {
    ...merge(base ? 'task-arithmetic' : 'average', names.map(load), base ? { base: load(base) } : {}),
    tokenizer,
  } as WeightsExpression
  await writeModel(
    path,
    { expression, name: 'x', dtype: 'F32', recipe: {} },
    {
      resolve: async ({ name }) => ({ path: join(folder, `${name}.gguf`) }),
      codec: plainCodec,
      pool: (plan) => inlinePool(plan, plainCodec),
    },
  )
  const { metadata } = await readGgufHeader(path)
  const values = [...(await tensorOf(path, 'token_embd.weight'))]
  const list = (key: string) => (listOf(metadata, `tokenizer.ggml.${key}`) ?? []).map(String)
  return {
    tokens: list('tokens'),
    merges: list('merges'),
    rows: Array.from({ length: values.length / 2 }, (_, row) => values.slice(row * 2, row * 2 + 2)),
    size: metadata.get('llama.vocab_size')?.value,
  }
}

describe('worked numbers', () => {
  it('the union of two: own rows where there are any, else those of the only model that has the token', async () => {
    expect(await merged(['A', 'B'], { source: 'union' })).toEqual({
      tokens: ['a', 'b', 'c', 'd'],
      rows: [
        [1, 0],
        [2, 2.5],
        [2, 2],
        [6, 0],
      ],
      merges: ['a b', 'b d'],
      size: 4,
    })
  })

  it('the vocabulary of the base, or of one model: other tokens go', async () => {
    expect(await merged(['A', 'B'], { source: 'base' })).toMatchObject({
      tokens: ['a', 'b', 'c'],
      rows: [
        [1, 0],
        [2, 2.5],
        [2, 2],
      ],
      merges: ['a b'],
    })
    expect(await merged(['A', 'B'], { source: 1 })).toMatchObject({
      tokens: ['b', 'd'],
      rows: [
        [2, 2.5],
        [6, 0],
      ],
      merges: ['b d'],
    })
  })

  it('what a model lacks is put together of its own rows, as the model that has it puts it together of the same tokens', async () => {
    // in turned, everything stands a quarter turn further: d is 3·b − 2·a there, so it is 3·b − 2·a here
    const { rows, tokens } = await merged(['A', 'turned'], { source: 'union', approximate: 2 })
    const [own, theirs] = [
      [-2, 3],
      [-3, -2],
    ] as const
    expect(tokens[3]).toBe('d')
    expect(rows[3]).toEqual([0, 1].map((i) => expect.closeTo(((own[i] as number) + (theirs[i] as number)) / 2, 5)))
    // with one row: of b, which is closest, so much as fits best
    expect((await merged(['A', 'turned'], { source: 'union', approximate: 1 })).rows[3]).toEqual([
      expect.closeTo((0 - 3) / 2, 5),
      expect.closeTo((3 - 2) / 2, 5),
    ])
    // what the table names goes first
    const named = { d: { source: { kind: 'zero' } } } as const
    expect((await merged(['A', 'turned'], { source: 'union', approximate: 2, tokens: named })).rows[3]).toEqual([-1.5, -1])
  })

  it('a token that several have and the base lacks is their mean; one that the base has is the base’s', async () => {
    // d: B has (6, 0), C has (0, 3); A gets their mean (3, 1.5): the average of the three is (3, 1.5)
    expect((await merged(['A', 'B', 'C'], { source: 'union' })).rows[3]).toEqual([3, 1.5])
    // with base B: A and C get B's row for b, so that only A's own difference counts
    const { tokens, rows } = await merged(['A', 'C'], { source: 'union' }, 'B')
    expect(tokens).toEqual(['b', 'd', 'a', 'c', 'e'])
    // b: base (4,4) + (0−4, 1−4) of A + nothing of C
    expect(rows[0]).toEqual([0, 1])
    // a: only A has it, so base, A and C are alike
    expect(rows[2]).toEqual([1, 0])
  })

  it('the table: zero, another token of a model, and force over what a model has', async () => {
    const { tokens, rows } = await merged(['A', 'B'], {
      source: 'union',
      tokens: {
        d: { source: { kind: 'zero' } },
        b: { source: { kind: 'model', model: 1, token: 'd' }, force: true },
        new: { source: { kind: 'model', model: 0, token: 2 } },
        none: {},
      },
    })
    expect(tokens).toEqual(['a', 'b', 'c', 'd', 'new', 'none'])
    expect(rows.slice(1)).toEqual([
      [6, 0],
      [2, 2],
      [3, 0],
      [2, 2],
      [0, 0],
    ])
  })

  it('padding rows are the mean of the others, and unused rows of a source are no tokens', async () => {
    const { tokens, rows } = await merged(['C'], { source: 'base', padToMultipleOf: 4 })
    expect(tokens).toEqual(['d', 'e', '[PAD2]', '[PAD3]'])
    expect(rows).toEqual([
      [0, 3],
      [5, 5],
      [2.5, 4],
      [2.5, 4],
    ])
  })

  it.each([
    ['another kind of vocabulary', ['A', 'other'], { source: 'union' }, 'vocabulary-mismatch', 'kinds'],
    ['a model that is not there', ['A', 'B'], { source: 5 }, 'weights-parameter', 'model 6'],
    [
      'a token that is not there',
      ['A', 'B'],
      { source: 'base', tokens: { a: { source: { kind: 'model', model: 1, token: 'zz' } } } },
      'weights-parameter',
      'zz',
    ],
    [
      'the base where there is none',
      ['A', 'B'],
      { source: 'base', tokens: { a: { source: { kind: 'model', model: 'base' } } } },
      'weights-parameter',
      'base',
    ],
  ] as [string, string[], TokenizerPolicy, string, string][])('%s is refused', async (_, names, policy, code, said) => {
    await expect(merged(names, policy)).rejects.toMatchObject({ code, message: expect.stringContaining(said) })
  })

  it('without a policy other tokens are refused, with the remedy', async () => {
    await expect(merged(['A', 'B'], undefined as unknown as TokenizerPolicy)).rejects.toMatchObject({
      code: 'vocabulary-mismatch',
      hint: expect.stringContaining('tokenizer'),
    })
  })
})

it('a toy whose tokens were shuffled merges with another as if they had not been', async () => {
  const shuffled = join(folder, 'shuffled.gguf')
  await shuffleTokens('resources/toys/toy-math.gguf', shuffled)
  const resolve = async (ref: { name: string }) => (ref.name === 'shuffled' ? { path: shuffled } : resolveToy(ref as never))
  const write = async (expression: WeightsExpression): Promise<string> => {
    const path = join(folder, `toys-${count++}.gguf`)
    await writeModel(
      path,
      { expression, name: 'x', dtype: 'F32', recipe: {} },
      { resolve, codec: plainCodec, pool: (plan) => inlinePool(plan, plainCodec) },
    )
    return path
  }
  const plain = merge('average', [toy('toy-facts'), toy('toy-math')])
  const mixed = merge('average', [toy('toy-facts'), toy('shuffled')])
  await expect(write(mixed)).rejects.toMatchObject({ code: 'vocabulary-mismatch' })
  const [a, b] = [await write(plain), await write({ ...mixed, tokenizer: { source: 'base' } } as WeightsExpression)]
  for (const name of ['token_embd.weight', 'output.weight', 'blk.0.attn_q.weight'])
    expect(await tensorOf(b, name)).toEqual(await tensorOf(a, name))
})

/** The same model with its vocabulary backwards: ids, types and the rows of embedding and head. */
async function shuffleTokens(from: string, to: string): Promise<void> {
  const header = await readGgufHeader(from)
  const file = openBytes(from)
  const metadata = new Map(header.metadata)
  for (const key of ['tokenizer.ggml.tokens', 'tokenizer.ggml.token_type']) {
    const list = metadata.get(key)
    if (list?.type === 'array') metadata.set(key, { ...list, value: [...list.value].reverse() })
  }
  for (const key of [...metadata.keys()].filter((name) => /_token_id$/.test(name))) {
    const id = metadata.get(key)
    if (id?.type === 'uint32') metadata.set(key, uint(767 - Number(id.value)))
  }
  await writeGguf(to, {
    metadata,
    tensors: header.tensors.map(({ name, shape, type, offset, byteLength }) => ({
      name,
      shape,
      type,
      bytes: () => {
        const bytes = file.read(offset, byteLength)
        if (!/^(token_embd|output)\.weight$/.test(name)) return [bytes]
        const row = byteLength / (shape[1] ?? 1)
        return Array.from({ length: shape[1] ?? 1 }, (_, index) => bytes.subarray(byteLength - (index + 1) * row, byteLength - index * row))
      },
    })),
  })
  file.close()
}

describe('tokens of a toy that are held out, put together by another toy', () => {
  const wordsOf = async (name: string) => {
    const path = `resources/toys/${name}.gguf`
    const { metadata, tensors } = await readGgufHeader(path)
    const { plan } = await compile(toy(name), resolveToy)
    const tokens = (listOf(metadata, 'tokenizer.ggml.tokens') ?? []).map(String)
    return {
      node: plan.nodes[0] as PlanNode,
      tokens,
      rowOf: new Map(tokens.map((token, row) => [token, row])),
      tensor: tensors.findIndex((one) => one.name === 'token_embd.weight'),
      rows: await tensorOf(path, 'token_embd.weight'),
    }
  }
  const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, i) => sum + value * (y[i] as number), 0)
  const cosine = (a: Float32Array, b: Float32Array): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b) || 1)
  const average = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

  /** Mean cosine with the rows as they were: of what is put together, and of the mean row. */
  async function cosines(donorName: string, most: number): Promise<{ put: number; mean: number }> {
    const [own, donor] = [await wordsOf('toy-math'), await wordsOf(donorName)]
    const held = own.tokens.filter((token) => donor.rowOf.has(token)).filter((_, i) => i % 6 === 0)
    const known = new Map([...own.rowOf].filter(([token]) => !held.includes(token)))
    const sums = await approximateRows(
      new Derived([own.node, donor.node], undefined),
      { node: 0, tensor: own.tensor, rowOf: known },
      { node: 1, tensor: donor.tensor, rowOf: donor.rowOf },
      held.map((token) => donor.rowOf.get(token) as number),
      most,
    )
    const width = own.rows.length / own.tokens.length
    const rowAt = (row: number): Float32Array => own.rows.subarray(row * width, (row + 1) * width)
    const truth = held.map((token) => rowAt(own.rowOf.get(token) as number))
    const mixed = (of: readonly { row: number; weight?: number }[]): Float32Array =>
      Float32Array.from({ length: width }, (_, c) => of.reduce((sum, { row, weight = 1 }) => sum + weight * (rowAt(row)[c] as number), 0))
    const mean = mixed([...known.values()].map((row) => ({ row })))
    expect(held.length).toBeGreaterThan(20)
    return {
      put: average(sums.map((sum, i) => cosine(mixed(sum), truth[i] as Float32Array))),
      mean: average(truth.map((row) => cosine(mean, row))),
    }
  }

  it('of the same origin come back the better, the more rows are used', async () => {
    const [few, many] = [await cosines('toy-facts', 8), await cosines('toy-facts', 64)]
    expect(few.put).toBeGreaterThan(0.6)
    expect(many.put).toBeGreaterThan(0.95)
    expect(Math.abs(few.mean)).toBeLessThan(0.1)
  })

  it('of another origin do not: toys that learnt apart arrange their tokens each in its own way', async () => {
    expect((await cosines('toy-other', 64)).put).toBeLessThan(0.1)
  })
})

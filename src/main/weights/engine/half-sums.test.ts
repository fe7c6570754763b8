import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { weightsCatalog } from '../catalog'
import { plainCodec } from '../convert/codec'
import { encodeBF16 } from '../convert/half'
import { mergeInMemory, type SmallModel } from '../in-memory'
import type { AnyMethod } from '../method'
import { blockCountOf, elementsOf } from '../place'
import { Coordinator } from './coordinate'
import type { CombineNode, LoadNode, PermuteNode, Plan, PlanNode, PlanTensor } from './plan'
import { inlinePool } from './pools'

/** 100 rows of 2,048 are four blocks, the last one of four rows; the rows of the second model stand in its file the other way round. */
const tensors: readonly PlanTensor[] = [{ name: 'blk.0.ffn_up.weight', shape: [2048, 100] }]
const elements = elementsOf([2048, 100])
const turned = Array.from({ length: 100 }, (_, row) => 99 - row)

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'half-sums-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Numbers of many sizes, zeros of both signs among them. */
function wordsOf(seed: number): Uint16Array {
  let state = seed * 2_654_435_761
  return Uint16Array.from({ length: elements }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % 11 === 0 ? (state & 1) << 15 : ((state >>> 16) & 0x87ff) + 0x3800
  })
}

const floatsOf = (words: Uint16Array): Float32Array => new Float32Array(Uint32Array.from(words, (word) => word << 16).buffer)

interface Made {
  readonly plan: Plan
  readonly models: readonly SmallModel[]
  readonly base: SmallModel
}

function made(method: AnyMethod, count: number, change: (words: Uint16Array, model: number) => void = () => undefined): Made {
  const load = (model: number): { node: LoadNode; values: SmallModel } => {
    const path = join(folder, `${model}.bin`)
    const words = wordsOf(model + 1)
    change(words, model)
    writeFileSync(path, words)
    const values = floatsOf(words)
    const rows = model === 2 ? turned : turned.toReversed()
    const data = Float32Array.from(
      { length: elements },
      (_, i) => values[(rows[Math.floor(i / 2048)] as number) * 2048 + (i % 2048)] as number,
    )
    return {
      node: { op: 'load', kind: 'model', tensors, places: [{ path, offset: 0, type: 'BF16', byteLength: 2 * elements }] },
      values: new Map([['blk.0.ffn_up.weight', { shape: [2048, 100], data }]]),
    }
  }
  const loaded = Array.from({ length: count + 1 }, (_, model) => load(model))
  const permuted = (model: number): PermuteNode => ({
    op: 'permute',
    kind: 'model',
    tensors,
    of: { node: model, tensors: [0] },
    orders: [model === 2 ? { axis: 'rows', order: turned } : null],
  })
  const nodes: PlanNode[] = [...loaded.map(({ node }) => node), ...loaded.map((_, model) => permuted(model))]
  const root: CombineNode = {
    op: 'combine',
    catalog: 'methods',
    method: method.name,
    kind: 'model',
    tensors,
    ...(method.base === 'none' ? {} : { base: { node: count + 1, tensors: [0] } }),
    models: loaded.slice(1).map((_, index) => ({
      child: { node: count + 2 + index, tensors: [0] },
      label: `${index}`,
      name: `${index}`,
      params: 'weight' in method.perModel ? { weight: [0.3, -0.7, 1, 0.1][index] ?? 0.9 } : {},
    })),
    params: {},
    seed: 0,
    value: '',
  }
  const [base, ...models] = loaded.map(({ values }) => values)
  return { plan: { nodes: [...nodes, root], root: nodes.length, blocks: 1 }, models, base: base as SmallModel }
}

async function written({ plan }: Made, type: 'BF16' | 'F32'): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(folder, `out.${type}`)
  writeFileSync(path, '')
  const pool = inlinePool(plan, plainCodec)
  await new Coordinator(plan, pool, 1).ensure(plan.root, 0)
  await pool.run({
    type: 'write',
    node: plan.root,
    tensor: 0,
    fromBlock: 0,
    toBlock: blockCountOf([2048, 100]),
    output: { path, offset: 0, type },
  })
  await pool.close()
  return Uint8Array.from(readFileSync(path))
}

const sums = weightsCatalog().methods.filter(({ factors }) => factors !== undefined)

it('most averages name their factors', () => {
  expect(sums.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['average', 'linear', 'task-arithmetic', 'slerp', 'karcher', 'metagpt']),
  )
})

describe.each(sums.map((method) => [method.name, method] as const))('%s of BF16 files, told without widening them', (_, method) => {
  it('has the bits of the way over float32, and those of the method itself', async () => {
    for (const count of [method.models.min, Math.min(method.models.max ?? 5, 5)]) {
      const merge = made(method, count)
      const floats = new Float32Array((await written(merge, 'F32')).buffer)
      const wanted = new Uint16Array(elements)
      encodeBF16(floats, wanted)
      expect(Buffer.compare(await written(merge, 'BF16'), new Uint8Array(wanted.buffer))).toBe(0)
      const root = merge.plan.nodes[merge.plan.root] as CombineNode
      const plain = mergeInMemory(method, {
        ...(root.base ? { base: merge.base } : {}),
        models: merge.models.map((weights, index) => ({ weights, params: root.models[index]?.params ?? {} })),
      }).get('blk.0.ffn_up.weight')?.data
      const difference = plain?.findIndex((value, i) => value !== floats[i])
      expect(difference).toBe(-1)
    }
  })

  it('names a tensor that would hold no numbers', async () => {
    const merge = made(method, Math.max(2, method.models.min), (words, model) => {
      if (model === 1) words[elements - 9] = 0x7fc0
    })
    await expect(written(merge, 'BF16')).rejects.toMatchObject({
      code: 'weights-not-finite',
      message: expect.stringContaining('blk.0.ffn_up.weight'),
    })
  })
})

it('a tensor that is more than a sum goes the way over float32', async () => {
  const merge = made(weightsCatalog().method('ties') as AnyMethod, 2)
  const wanted = new Uint16Array(elements)
  encodeBF16(new Float32Array((await written(merge, 'F32')).buffer), wanted)
  expect(Buffer.compare(await written(merge, 'BF16'), new Uint8Array(wanted.buffer))).toBe(0)
})

import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DerivedStore } from '../../../shared/derived-store'
import type { WeightsExpression } from '../../../shared/expression'
import { derivedFiles } from '../../derived-files'
import { resolveToy, toy } from '../testing/toys'
import { approximateRows } from './approximate-rows'
import { compile } from './compile'
import { Derived } from './derived'
import type { LoadNode, Plan } from './plan'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'derived-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A toy under an id that says what is in it, as in the library. */
const known = (name: string): WeightsExpression => ({
  op: 'load',
  model: { backend: 'llama-cpp', id: createHash('sha256').update(name).digest('hex'), name },
})

/** A folder of derived files that counts what was found in it and what was made anew. */
function counting(): DerivedStore & { found: number; made: number } {
  const files = derivedFiles(folder)
  const store = {
    found: 0,
    made: 0,
    async read(key: string) {
      const bytes = await files.read(key)
      if (bytes) store.found++
      return bytes
    },
    async write(key: string, bytes: Uint8Array) {
      store.made++
      await files.write(key, bytes)
    },
  }
  return store
}

type Permute = Extract<WeightsExpression, { op: 'permute' }>
const aligned = (of: WeightsExpression, more: Partial<Permute> = {}): Permute => ({
  op: 'permute',
  of,
  to: known('toy-facts'),
  solver: 'assignment',
  ...more,
})
it.each([
  ['units', aligned(known('toy-math')), aligned(known('toy-math'), { solver: 'sinkhorn' })],
  [
    'stream, units and heads',
    aligned(known('toy-math'), { residual: true, heads: true }),
    aligned(known('toy-liar'), { residual: true, heads: true }),
  ],
] as const)('%s are found once, and again where something else is asked', async (_, expression, other) => {
  const store = counting()
  const fresh = await compile(expression, resolveToy)
  const first = await compile(expression, resolveToy, undefined, store)
  const { made } = store
  expect([made > 0, store.found]).toEqual([true, 0])
  const again = await compile(expression, resolveToy, undefined, store)
  expect([store.made, store.found]).toEqual([made, made])
  expect(again.plan).toEqual(first.plan)
  expect(again.plan).toEqual(JSON.parse(JSON.stringify(fresh.plan)))
  await compile(other, resolveToy, undefined, store)
  expect(store.made).toBeGreaterThan(made)
})

it('so are sums of rows that stand for the tokens of another model', async () => {
  const store = counting()
  const names = ['toy-math', 'toy-facts']
  const plans: Plan[] = []
  for (const name of names) plans.push((await compile(known(name), resolveToy)).plan)
  const nodes = plans.map((plan) => plan.nodes[0] as LoadNode)
  const derived = new Derived(nodes, store)
  for (const [index, { places }] of nodes.entries())
    for (const { path } of places)
      derived.learn(
        path,
        createHash('sha256')
          .update(names[index] as string)
          .digest('hex'),
      )
  const tensor = derived.nodes[0]?.tensors.findIndex(({ name }) => name === 'token_embd.weight') ?? -1
  const rowOf = new Map(Array.from({ length: 300 }, (_, row) => [`token ${row}`, row]))
  const sums = (most: number) => approximateRows(derived, { node: 0, tensor, rowOf }, { node: 1, tensor, rowOf }, [301, 302, 303], most)
  const first = await sums(3)
  expect(first.map((sum) => sum.length)).toEqual([3, 3, 3])
  expect(await sums(3)).toEqual(first)
  expect([store.made, store.found]).toEqual([1, 1])
  await sums(2)
  expect([store.made, store.found]).toEqual([2, 1])
})

it('of files whose ids say nothing of their content, nothing is kept', async () => {
  const store = counting()
  await compile(aligned(toy('toy-math')), resolveToy, undefined, store)
  expect([store.made, store.found]).toEqual([0, 0])
})

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { WeightsExpression, WeightsParams } from '../../../shared/expression'
import { plainCodec } from '../convert/codec'
import { inlinePool } from '../engine/pools'
import { openBytes } from '../gguf/bytes/file-bytes'
import { readGgufHeader } from '../gguf/read-header'
import { merge, resolveToy, toy } from '../testing/toys'
import { type WriteTools, writeModel } from '../write-model'
import { ScratchFile } from './scratch-file'

let folder = ''
let scratch: ScratchFile
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scratch-'))
  scratch = new ScratchFile(join(folder, 'scratch.gguf'))
})
afterEach(() => {
  scratch.close()
  rmSync(folder, { recursive: true })
})

const tools: WriteTools = { resolve: resolveToy, codec: plainCodec, pool: (plan) => inlinePool(plan, plainCodec) }
const [math, facts, base] = [toy('toy-math'), toy('toy-facts'), toy('toy-base')]

const weighted = (method: string, weights: readonly WeightsParams[string][], params: WeightsParams = {}): WeightsExpression => ({
  op: 'merge',
  method,
  base,
  models: [math, facts].map((model, index) => ({ weights: model, params: { weight: weights[index] as WeightsParams[string] } })),
  params,
  seed: 0,
})
const put = (expression: WeightsExpression) => scratch.write({ expression, dtype: 'keep' }, tools)

/** Types and bytes of all tensors, by name. */
async function tensorsOf(path: string): Promise<Map<string, string>> {
  const { tensors } = await readGgufHeader(path)
  const file = openBytes(path)
  const all = tensors.map(({ name, type, offset, byteLength }): [string, string] => [
    name,
    `${type} ${Buffer.from(file.read(offset, byteLength)).toString('base64')}`,
  ])
  file.close()
  return new Map(all)
}

async function expectWhole(expression: WeightsExpression): Promise<void> {
  const whole = join(folder, 'whole.gguf')
  await writeModel(whole, { expression, name: 'whole', dtype: 'keep', recipe: {} }, tools)
  expect(await tensorsOf(scratch.path)).toEqual(await tensorsOf(whole))
  rmSync(whole)
}

it('candidate after candidate holds the tensors of a whole file, whatever lay there before', async () => {
  const middle = { filter: 'blk.1.', value: 0.9 }
  const candidates = [
    weighted('task-arithmetic', [0.3, 0.7]),
    weighted('task-arithmetic', [0.5, 0.5]),
    weighted('task-arithmetic', [[middle, { value: 0.5 }], 0.5]),
    weighted('ties', [1, 1]),
    // measured over the whole model
    weighted('ties', [1, 1], { scope: 'model' }),
    merge('metagpt', [math, facts], { base }),
    merge('average', [math, facts]),
    { op: 'stack', sources: [math], layers: [0, 1, 1, 2, 3].map((layer) => ({ source: 0, layer })) } as WeightsExpression,
    weighted('task-arithmetic', [0.3, 0.7]),
  ]
  for (const candidate of candidates) {
    await put(candidate)
    await expectWhole(candidate)
  }
})

it('writes only what the next candidate has otherwise', async () => {
  const first = await put(weighted('task-arithmetic', [0.5, 0.5]))
  const again = await put(weighted('task-arithmetic', [0.5, 0.5]))
  expect(again).toEqual({ tensors: 0, bytes: 0 })
  const oneLayer = weighted('task-arithmetic', [[{ filter: 'blk.1.', value: 0.9 }, { value: 0.5 }], 0.5])
  const patched = await put(oneLayer)
  const inLayer = [...(await tensorsOf(scratch.path)).keys()].filter((name) => name.startsWith('blk.1.'))
  expect(patched.tensors).toBe(inLayer.length)
  expect(patched.bytes).toBeLessThan(first.bytes / 3)
  await expectWhole(oneLayer)
})

it('what a stop left half-done is written the next time', async () => {
  await put(weighted('task-arithmetic', [0.3, 0.7]))
  const stop = new AbortController()
  let jobs = 0
  const stopping: WriteTools = {
    ...tools,
    signal: stop.signal,
    pool: (plan) => {
      const pool = inlinePool(plan, plainCodec)
      return {
        ...pool,
        run: (job) => {
          if (++jobs === 8) stop.abort(new Error('stopped'))
          return pool.run(job)
        },
      }
    },
  }
  const next = weighted('task-arithmetic', [0.6, 0.4])
  await expect(scratch.write({ expression: next, dtype: 'keep' }, stopping)).rejects.toThrow('stopped')
  await put(next)
  await expectWhole(next)
})

it('a candidate that cannot be leaves the file to the next one, and the end leaves none', async () => {
  await put(weighted('task-arithmetic', [0.3, 0.7]))
  await expect(put(merge('linear', [math, toy('toy-other')]))).rejects.toMatchObject({ code: expect.any(String) })
  const good = weighted('task-arithmetic', [0.2, 0.7])
  await put(good)
  await expectWhole(good)
  scratch.close()
  expect(existsSync(scratch.path)).toBe(false)
})

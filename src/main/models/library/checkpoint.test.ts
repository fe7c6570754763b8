import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { plainCodec } from '../../weights/convert/codec'
import { inlinePool } from '../../weights/engine/pools'
import { readGgufHeader } from '../../weights/gguf/read-header'
import { writeToyCheckpoint } from '../../weights/testing/toy-checkpoint'
import { tensorOf } from '../../weights/testing/toys'
import { writeModel } from '../../weights/write-model'
import { addToShelf } from './add'
import { type Catalogue, loadCatalogue } from './catalogue'
import { createShelf, type Shelf } from './shelf'
import { memoryShelfTable } from './shelf-table'

let folder: string
let catalogue: Catalogue
let shelf: Shelf
const signal = new AbortController().signal

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-checkpoints-'))
  await mkdir(join(folder, 'models'))
  catalogue = await loadCatalogue('resources/models.json')
  shelf = createShelf({ modelsFolder: join(folder, 'models'), shippedFolder: join(folder, 'none'), table: memoryShelfTable(), catalogue })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const added = async (shards: number) => {
  await writeToyCheckpoint(join(folder, 'my-model'), 'toy-math', shards)
  const { models, refused } = await addToShelf(shelf, join(folder, 'my-model'), signal)
  expect(refused).toEqual([])
  return models[0] ?? expect.fail()
}

test.each([1, 3])('a folder of %i files is a model where it lies, with the facts of the GGUF that it would be', async (shards) => {
  const model = await added(shards)
  const gguf = await readFile('resources/toys/toy-math.gguf')
  expect(model).toMatchObject({
    name: 'my-model',
    state: 'present',
    facts: { architecture: 'llama', parameters: 885_888, quantization: 'F16' },
  })
  expect(model.sizeBytes).toBeGreaterThan(gguf.length * 0.95)
  expect(shelf.isPresent(model.sha256)).toBe(true)
  expect(await shelf.verify(model.sha256)).toMatchObject({ ok: true })
  expect(await readdir(join(folder, 'models'))).toEqual([])
})

test('to be run it gets an F16 copy, once, that is no model of its own and goes with it', async () => {
  const model = await added(2)
  const [first, second] = await Promise.all([shelf.runnable(model), shelf.runnable(model)])
  expect(second).toBe(first)
  const header = await readGgufHeader(first)
  for (const { name } of header.tensors) expect(await tensorOf(first, name)).toEqual(await tensorOf('resources/toys/toy-math.gguf', name))
  expect((await shelf.list()).map(({ name }) => name)).toEqual(['my-model'])
  await shelf.remove(model.sha256)
  expect(await readdir(join(folder, 'models', '.converted'))).toEqual([])
  expect(await readdir(join(folder, 'my-model'))).toContain('config.json')
})

test('a file of it that changes makes it another model', async () => {
  const model = await added(2)
  await writeFile(
    join(folder, 'my-model', 'config.json'),
    (await readFile(join(folder, 'my-model', 'config.json'), 'utf8')).replace('256', '128'),
  )
  expect(await shelf.verify(model.sha256)).toMatchObject({ ok: false })
})

test('a folder that lacks its tokenizer, or belongs to an unknown family, is listed with the reason', async () => {
  await writeToyCheckpoint(join(folder, 'bare'), 'toy-math')
  await rm(join(folder, 'bare', 'tokenizer.json'))
  expect((await addToShelf(shelf, join(folder, 'bare'), signal)).refused).toMatchObject([{ error: { code: 'file-format' } }])
  await writeToyCheckpoint(join(folder, 'strange'), 'toy-math')
  await writeFile(join(folder, 'strange', 'config.json'), '{"model_type":"mamba"}')
  expect((await addToShelf(shelf, join(folder, 'strange'), signal)).refused).toMatchObject([{ error: { code: 'model-unsupported' } }])
})

test('a checkpoint that a merge wrote says so, and is removed with its folder', async () => {
  const source = await added(1)
  const { path } = await writeModel(
    join(folder, 'models', 'merged-1'),
    { expression: { op: 'load', model: source.ref }, name: 'merged', dtype: 'keep', recipe: {}, format: 'safetensors' },
    { resolve: async () => ({ path: source.path }), codec: plainCodec, pool: (plan) => inlinePool(plan, plainCodec) },
  )
  const model = await shelf.register({ path, origin: 'written', name: 'merged' })
  expect(model.recipe).toMatchObject({ seed: 0, inputs: [{ name: 'my-model', sha256: source.sha256 }] })
  await shelf.remove(model.sha256)
  expect(await readdir(join(folder, 'models'))).toEqual([])
  expect(await readdir(dirname(source.path))).toContain('model.safetensors')
})

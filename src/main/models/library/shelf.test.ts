import { appendFileSync, utimesSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addToShelf } from './add'
import { type Catalogue, loadCatalogue } from './catalogue'
import { isInside } from './inside'
import { asError, openRef, resolveAlias } from './resolve'
import { createShelf, type Shelf } from './shelf'
import { memoryShelfTable, type ShelfTable } from './shelf-table'

const toys = 'resources/toys'
let folder: string
let catalogue: Catalogue
let table: ShelfTable
let shelf: Shelf
const signal = new AbortController().signal

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-shelf-'))
  await mkdir(join(folder, 'models'))
  await mkdir(join(folder, 'shipped'))
  await mkdir(join(folder, 'mine'))
  catalogue = await loadCatalogue('resources/models.json')
  table = memoryShelfTable()
  shelf = open()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (): Shelf =>
  createShelf({ modelsFolder: join(folder, 'models'), shippedFolder: join(folder, 'shipped'), table, catalogue, now: () => 1000 })
const put = async (toy: string, ...way: string[]): Promise<string> => {
  await copyFile(join(toys, `${toy}.gguf`), join(folder, ...way))
  return join(folder, ...way)
}
const hashOf = (toy: string): string => catalogue.byId(toy)!.sha256

test('shipped models are there at the first look, with the facts of their headers', async () => {
  await put('toy-base', 'shipped', 'toy-base.gguf')
  const [model] = await shelf.list()
  expect(model).toMatchObject({ sha256: hashOf('toy-base'), origin: 'shipped', catalog: 'toy-base', state: 'present', name: 'toy-base' })
  expect(model!.facts).toMatchObject({
    architecture: 'llama',
    parameters: 885_888,
    quantization: 'F16',
    contextTokens: 256,
    vocabularySize: 768,
  })
  expect(model!.facts.template).toBeDefined()
  expect(model!.ref).toMatchObject({ backend: 'llama-cpp', id: hashOf('toy-base'), architecture: 'llama' })
})

test('the hash of an unchanged file is not computed again: a row with its path, size and time is believed', async () => {
  const path = await put('toy-base', 'models', 'a.gguf')
  await shelf.list()
  const row = table.get(hashOf('toy-base'))!
  table.remove(row.sha256)
  table.put({ ...row, sha256: 'f'.repeat(64) })
  expect((await open().list()).map(({ sha256 }) => sha256)).toEqual(['f'.repeat(64)])
  await utimes(path, new Date(5000), new Date(5000))
  expect((await open().list()).filter(({ state }) => state === 'present').map(({ sha256 }) => sha256)).toEqual([hashOf('toy-base')])
})

test('a renamed file of our folder is found again by its hash', async () => {
  const path = await put('toy-math', 'models', 'a.gguf')
  await shelf.list()
  await rename(path, join(folder, 'models', 'renamed.gguf'))
  expect((await shelf.find(hashOf('toy-math')))?.path).toBe(join(folder, 'models', 'renamed.gguf'))
})

test('a renamed file of the person is found in the folder where it was', async () => {
  const path = await put('toy-math', 'mine', 'a.gguf')
  await addToShelf(shelf, path, signal)
  await rename(path, join(folder, 'mine', 'b.gguf'))
  const found = await shelf.find(hashOf('toy-math'))
  expect([found?.path, found?.origin]).toEqual([join(folder, 'mine', 'b.gguf'), 'imported'])
})

test('an imported file stays where it is, and removing only forgets it', async () => {
  const path = await put('toy-facts', 'mine', 'mine.gguf')
  const { models } = await addToShelf(shelf, path, signal)
  expect(models[0]).toMatchObject({ path, origin: 'imported', catalog: 'toy-facts' })
  await shelf.remove(models[0]!.sha256)
  expect((await readFile(path)).length).toBe(models[0]!.sizeBytes)
  expect(await shelf.list()).toEqual([])
})

test('a model in our folder is deleted when removed; a shipped one is not', async () => {
  const path = await put('toy-math', 'models', 'a.gguf')
  await put('toy-base', 'shipped', 'b.gguf')
  await shelf.list()
  await shelf.remove(hashOf('toy-math'))
  await expect(readFile(path)).rejects.toThrow('ENOENT')
  await expect(shelf.remove(hashOf('toy-base'))).rejects.toMatchObject({ code: 'not-allowed' })
  await expect(shelf.remove('0'.repeat(64))).rejects.toMatchObject({ code: 'not-found' })
})

test('a folder is taken with what is sound in it; the rest is listed with its reason', async () => {
  await put('toy-math', 'mine', 'good.gguf')
  await writeFile(join(folder, 'mine', 'bad.gguf'), 'GGUF but not really')
  await writeFile(join(folder, 'mine', 'pickle.gguf'), Buffer.from('80047d942e', 'hex'))
  await writeFile(join(folder, 'mine', 'notes.txt'), 'no model')
  const { models, refused } = await addToShelf(shelf, join(folder, 'mine'), signal)
  expect(models.map(({ name }) => name)).toEqual(['toy-math'])
  expect(refused.map(({ path, error }) => [path.endsWith('bad.gguf') || path.endsWith('pickle.gguf'), error.code])).toEqual([
    [true, expect.stringMatching(/file-format|model-corrupt/)],
    [true, 'file-format'],
  ])
})

test('an empty folder, a missing path and a lone safetensors file are refused with their codes', async () => {
  await expect(addToShelf(shelf, join(folder, 'mine'), signal)).rejects.toMatchObject({ code: 'data-empty' })
  await expect(addToShelf(shelf, join(folder, 'nowhere'), signal)).rejects.toMatchObject({ code: 'file-unreadable' })
  await writeFile(join(folder, 'mine', 'model.safetensors'), 'x')
  await expect(addToShelf(shelf, join(folder, 'mine', 'model.safetensors'), signal)).rejects.toMatchObject({ code: 'file-format' })
})

test('a damaged file in our folder is no model: it is listed as refused, and the others stay', async () => {
  await put('toy-math', 'models', 'good.gguf')
  await writeFile(join(folder, 'models', 'bad.gguf'), Buffer.concat([(await readFile(join(toys, 'toy-base.gguf'))).subarray(0, 9000)]))
  expect((await shelf.list()).map(({ name }) => name)).toEqual(['toy-math'])
  expect(shelf.refused().map(({ error }) => error.code)).toEqual(['model-corrupt'])
  await rm(join(folder, 'models', 'bad.gguf'))
  await shelf.list()
  expect(shelf.refused()).toEqual([])
})

test('two files of one content are one model', async () => {
  await put('toy-math', 'models', 'a.gguf')
  await put('toy-math', 'models', 'b.gguf')
  expect(await shelf.list()).toHaveLength(1)
  await rm(table.get(hashOf('toy-math'))!.path)
  expect(await shelf.find(hashOf('toy-math'))).toMatchObject({ state: 'present' })
})

test('verify reads the whole file: a byte that rotted without a trace in size or time takes the model away', async () => {
  const path = await put('toy-math', 'models', 'a.gguf')
  await shelf.list()
  expect(await shelf.verify(hashOf('toy-math'))).toEqual({ ok: true, sha256: hashOf('toy-math') })
  const { modifiedMs } = table.get(hashOf('toy-math'))!
  const bytes = await readFile(path)
  bytes[bytes.length - 9]! ^= 1
  await writeFile(path, bytes)
  await utimes(path, new Date(modifiedMs), new Date(modifiedMs))
  const { ok, sha256 } = await shelf.verify(hashOf('toy-math'))
  expect([ok, sha256]).not.toEqual([true, hashOf('toy-math')])
  expect(await shelf.find(hashOf('toy-math'))).toBeUndefined()
})

test('a written model keeps its recipe, also when its file is gone', async () => {
  const path = await put('toy-math', 'models', 'merged.gguf')
  await shelf.register({ path, origin: 'written', name: 'merged', recipe: { op: 'load' } })
  expect((await open().list())[0]).toMatchObject({ origin: 'written', recipe: { op: 'load' }, name: 'merged' })
  await rm(path)
  expect((await open().list())[0]).toMatchObject({ state: 'missing', recipe: { op: 'load' } })
})

test('an alias is found by hash, by catalogue id and by its name', async () => {
  await put('toy-base', 'shipped', 'x.gguf')
  for (const alias of [{ sha256: hashOf('toy-base') }, { catalog: 'toy-base' }, { hint: 'Toy-Base' }])
    expect(await resolveAlias(shelf, alias)).toMatchObject({ ok: true, ref: { id: hashOf('toy-base') } })
  expect(await resolveAlias(shelf, { remote: { backend: 'lab', model: 'big' } })).toMatchObject({
    ok: true,
    ref: { backend: 'openai-compatible', id: 'lab/big' },
  })
})

test('a missing model says what would fetch it, and what could stand in', async () => {
  await put('toy-base', 'shipped', 'x.gguf')
  const missing = await resolveAlias(shelf, { catalog: 'smollm2-135m-instruct' }, 'small')
  expect(missing).toMatchObject({ ok: false, code: 'model-missing', downloadBytes: 98_362_432, fetch: { id: 'smollm2-135m-instruct' } })
  if (missing.ok) throw new Error('found')
  expect(missing.alternatives.map(({ name }) => name)).toEqual(['toy-base'])
  expect(asError(missing)).toMatchObject({
    code: 'model-missing',
    hint: expect.stringContaining('tributary models pull smollm2-135m-instruct'),
  })
  expect(await resolveAlias(shelf, { hint: 'nobody knows' })).toMatchObject({ ok: false, reason: 'nobody knows is not in the library.' })
})

test('a hash is never answered with something similar: a changed file is called changed', async () => {
  const path = await put('toy-base', 'mine', 'x.gguf')
  const { models } = await addToShelf(shelf, path, signal)
  await copyFile(join(toys, 'toy-math.gguf'), path)
  await utimes(path, new Date(9e11), new Date(9e11))
  await expect(openRef(shelf, models[0]!.ref)).rejects.toMatchObject({ code: 'model-changed' })
})

test('a file that grows between two looks is read anew', async () => {
  const path = await put('toy-base', 'models', 'x.gguf')
  await shelf.list()
  appendFileSync(path, Buffer.alloc(32))
  expect(await shelf.find(hashOf('toy-base'))).toBeUndefined()
})

test('a name for a new file is plain, free and inside the folder, whatever was asked for', async () => {
  expect(await shelf.pathFor('../../evil.gguf')).toBe(join(folder, 'models', 'evil.gguf'))
  expect(await shelf.pathFor('..')).toBe(join(folder, 'models', 'model.gguf'))
  expect(await shelf.pathFor('a b/ü:c')).toBe(join(folder, 'models', 'c.gguf'))
  await put('toy-math', 'models', 'x.gguf')
  expect(await shelf.pathFor('x.gguf')).toBe(join(folder, 'models', 'x-2.gguf'))
})

test('inside means inside', () => {
  expect(isInside('/a/b', '/a/b/c')).toBe(true)
  expect(isInside('/a/b', '/a/bc')).toBe(false)
  expect(isInside('/a/b', '/a/b')).toBe(false)
  expect(isInside('/a/b', '/a/b/../x')).toBe(false)
})

test('what an older version knew of a file still stands; a look at the file brings it up to date', async () => {
  await put('toy-nli', 'models', 'a.gguf')
  await addToShelf(shelf, await put('toy-base', 'mine', 'b.gguf'), signal)
  await shelf.list()
  for (const row of table.list()) {
    const { labels: _, ...older } = row.facts as { labels?: unknown }
    table.put({ ...row, facts: { ...older, v: 1 } })
  }
  const models = await open().list()
  expect(models.map(({ state }) => state)).toEqual(['present', 'present'])
  const versions = Object.fromEntries(table.list().map(({ name, facts }) => [name, (facts as { v: number }).v]))
  // a file of a person's own folder is not looked at by itself
  expect(Object.values(versions).sort()).toEqual([1, 3])
  expect(models.find(({ facts }) => facts.architecture === 'bert')?.facts.labels).toEqual(['entailment', 'neutral', 'contradiction'])
})

test('a file that is written anew while somebody looks is found all the same: a look that began before says nothing of it', async () => {
  const path = await put('toy-base', 'models', 'a.gguf')
  for (const toy of ['toy-math', 'toy-facts', 'toy-other', 'toy-liar']) await put(toy, 'models', `${toy}.gguf`)
  await shelf.list()
  for (let i = 1; i <= 30; i++) {
    const looking = shelf.list()
    // at some turn the look has read when the file was written, and goes on to others
    for (let turn = 0; turn < i; turn++) await new Promise((soon) => setImmediate(soon))
    utimesSync(path, new Date(i * 10_000), new Date(i * 10_000))
    expect(await shelf.find(hashOf('toy-base')), `written anew after ${i} turns`).toBeDefined()
    await looking
  }
})

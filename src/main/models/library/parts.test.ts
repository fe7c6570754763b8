import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { modelNameOf, partPaths } from '../../weights/gguf/parts'
import { splitGguf } from '../../weights/testing/split-gguf'
import { addToShelf } from './add'
import { loadCatalogue } from './catalogue'
import { resolveAlias } from './resolve'
import { createShelf, type Shelf } from './shelf'
import { memoryShelfTable } from './shelf-table'

const toy = 'resources/toys/toy-math.gguf'
const signal = new AbortController().signal
let folder: string
let shelf: Shelf
let parts: string[]

/** The toy in three files in the person's folder. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-parts-'))
  for (const name of ['models', 'mine']) await mkdir(join(folder, name))
  const catalogue = await loadCatalogue('resources/models.json')
  shelf = createShelf({ modelsFolder: join(folder, 'models'), shippedFolder: join(folder, 'none'), table: memoryShelfTable(), catalogue })
  parts = await splitGguf(toy, join(folder, 'mine'), 'sum', (tensors) => [tensors.slice(0, 5), tensors.slice(5, 9), tensors.slice(9)])
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const add = async (path: string) => (await addToShelf(shelf, path, signal)).models
const [second, third] = ['sum-00002-of-00003.gguf', 'sum-00003-of-00003.gguf']

test('any part, or their folder, adds one model of the size and facts of all', async () => {
  const [whole] = await add(toy)
  const bytes = (await Promise.all(parts.map((part) => stat(part)))).reduce((sum, { size }) => sum + size, 0)
  const seen = []
  for (const path of [...parts, join(folder, 'mine')]) seen.push(...(await add(path)))
  expect(new Set(seen.map(({ sha256 }) => sha256)).size).toBe(1)
  expect(seen).toHaveLength(4)
  expect(seen[0]).toMatchObject({
    name: 'sum',
    path: parts[0],
    sizeBytes: bytes,
    state: 'present',
    facts: whole?.facts,
    ref: { sizeBytes: bytes },
  })
  expect((await shelf.list()).map(({ name }) => name)).toEqual(['toy-math', 'sum'])
  expect(shelf.isPresent(seen[0]!.sha256)).toBe(true)
  expect(await shelf.runnable(seen[0]!)).toBe(parts[0])
})

test('is the SHA-256 of the list of those of its parts: whoever has the files can work it out, and other names are no other model', async () => {
  const sums = await Promise.all(
    parts.map(
      async (part) =>
        `${createHash('sha256')
          .update(await readFile(part))
          .digest('hex')}\n`,
    ),
  )
  const sha256 = createHash('sha256').update(sums.join('')).digest('hex')
  expect((await add(parts[0]!))[0]?.sha256).toBe(sha256)
  for (const part of parts) await rename(part, part.replace('sum', 'renamed'))
  expect((await shelf.find(sha256))?.path).toBe(parts[0]!.replace('sum', 'renamed'))
})

test('parts that are missing are told by name, also of a folder, and when they go later', async () => {
  const [model] = await add(parts[0]!)
  await rm(parts[1]!)
  await rm(parts[2]!)
  const missing = { code: 'model-missing', message: `sum comes in 3 files, and ${second} and ${third} are missing.` }
  await expect(add(parts[0]!)).rejects.toMatchObject(missing)
  await expect(shelf.verify(model!.sha256)).rejects.toMatchObject(missing)
  expect(await addToShelf(shelf, join(folder, 'mine'), signal)).toMatchObject({ models: [], refused: [{ path: parts[0], error: missing }] })
  expect(shelf.isPresent(model!.sha256)).toBe(false)
  expect(await resolveAlias(shelf, { sha256: model!.sha256 })).toMatchObject({
    ok: false,
    reason: `The file of sum is gone: it was ${parts[1]}.`,
  })
})

test('in our folder it is refused until the last part is there, first one last, too', async () => {
  for (const part of [...parts].reverse()) {
    expect(await shelf.list()).toEqual([])
    await copyFile(part, join(folder, 'models', basename(part)))
    await shelf.list()
    expect(shelf.refused().map(({ path }) => path)).toEqual(part === parts[0] ? [] : [join(folder, 'models', basename(parts[0]!))])
  }
  expect((await shelf.list()).map(({ name }) => name)).toEqual(['sum'])
})

test('removing it deletes all parts of our own, and none of the person', async () => {
  const [mine] = await add(parts[0]!)
  await shelf.remove(mine!.sha256)
  expect(parts.every(existsSync)).toBe(true)
  for (const part of parts) await rename(part, join(folder, 'models', basename(part)))
  await shelf.remove((await shelf.list())[0]!.sha256)
  expect(await readdir(join(folder, 'models'))).toEqual([])
})

test('a byte that rots in any part is found by verify', async () => {
  const [model] = await add(parts[0]!)
  expect(await shelf.verify(model!.sha256)).toEqual({ ok: true, sha256: model!.sha256 })
  const { mtime } = await stat(parts[2]!)
  const bytes = await readFile(parts[2]!)
  bytes[bytes.length - 9]! ^= 1
  await writeFile(parts[2]!, bytes)
  await utimes(parts[2]!, mtime, mtime)
  expect(await shelf.verify(model!.sha256)).toMatchObject({ ok: false })
  expect(await shelf.find(model!.sha256)).toBeUndefined()
})

test('parts under each other’s names, under a name of their own, and a whole model named as a part are refused', async () => {
  const swapped = join(folder, 'mine', 'spare')
  await rename(parts[1]!, swapped)
  await rename(parts[2]!, parts[1]!)
  await rename(swapped, parts[2]!)
  await expect(add(parts[0]!)).rejects.toMatchObject({
    code: 'file-format',
    message: `${second} says that it is part 3 of 3, but its name does not.`,
  })
  await rename(parts[0]!, join(folder, 'mine', 'blob.gguf'))
  await expect(add(join(folder, 'mine', 'blob.gguf'))).rejects.toMatchObject({
    message: 'blob.gguf says that it is part 1 of 3, but its name does not.',
  })
  await copyFile(toy, parts[0]!)
  await expect(add(parts[0]!)).rejects.toMatchObject({
    code: 'file-format',
    message: expect.stringMatching(/a whole model, but its name does not/),
  })
})

test('a name of a new file is never that of a part that waits for the others', async () => {
  await copyFile(parts[0]!, join(folder, 'models', basename(parts[0]!)))
  expect(await shelf.pathFor(basename(parts[0]!))).toBe(join(folder, 'models', 'sum-00001-of-00003-2.gguf'))
})

test('names that promise no parts, or more than there can be, are those of single files', () => {
  for (const name of [
    'a.gguf',
    'a-00001-of-00001.gguf',
    'a-00003-of-00002.gguf',
    'a-00000-of-00002.gguf',
    'a-1-of-2.gguf',
    'a-00001-of-99999.gguf',
  ])
    expect([partPaths(`/x/${name}`), modelNameOf(`/x/${name}`)]).toEqual([[`/x/${name}`], name.slice(0, -5)])
  expect(partPaths('/x/a-00002-of-00002.gguf')).toEqual(['/x/a-00001-of-00002.gguf', '/x/a-00002-of-00002.gguf'])
})

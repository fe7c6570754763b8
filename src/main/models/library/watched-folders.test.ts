import { copyFile, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../../../shared/json'
import { type Catalogue, loadCatalogue } from './catalogue'
import { createShelf, type Shelf } from './shelf'
import { memoryShelfTable } from './shelf-table'
import { createWatchedFolders, type WatchedFolders } from './watched-folders'

let folder: string
let mine: string
let catalogue: Catalogue
let watched: WatchedFolders
let shelf: Shelf

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tributary-watched-')))
  mine = join(folder, 'mine')
  for (const name of ['models', 'shipped', 'mine', 'other']) await mkdir(join(folder, name))
  catalogue = await loadCatalogue('resources/models.json')
  const kept = new Map<string, Json>()
  const settings = {
    get: (name: string) => kept.get(name),
    set: (changes: Readonly<Record<string, Json>>) => {
      for (const [name, value] of Object.entries(changes)) kept.set(name, value)
    },
  }
  watched = createWatchedFolders({ settings, own: [join(folder, 'models'), join(folder, 'shipped')] })
  shelf = createShelf({
    modelsFolder: join(folder, 'models'),
    shippedFolder: join(folder, 'shipped'),
    table: memoryShelfTable(),
    catalogue,
    watched: watched.list,
  })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const put = (toy: string, ...way: string[]) => copyFile(`resources/toys/${toy}.gguf`, join(folder, ...way))
const hashOf = (toy: string): string => catalogue.byId(toy)!.sha256
async function there(): Promise<string[]> {
  await shelf.readWatched()
  return (await shelf.list()).filter(({ state }) => state === 'present').map(({ path }) => path.slice(folder.length + 1))
}

describe('a watched folder', () => {
  it('has its models in the library where they lie, from the moment it is watched until it is no more', async () => {
    await put('toy-base', 'mine', 'a.gguf')
    expect(await there()).toEqual([])
    expect(await watched.add(mine)).toBe(mine)
    expect(await there()).toEqual(['mine/a.gguf'])
    expect(await shelf.find(hashOf('toy-base'))).toMatchObject({ origin: 'watched', path: join(mine, 'a.gguf') })
    expect(shelf.inFolder(mine)).toBe(1)
    watched.remove(mine)
    shelf.forgetFolder(mine)
    expect([watched.list(), await there()]).toEqual([[], []])
    expect(await shelf.find(hashOf('toy-base'))).toBeUndefined()
  })

  it('is followed: files that come, are renamed and go; each is what its content is', async () => {
    await watched.add(mine)
    const traces = [await shelf.trace()]
    await put('toy-base', 'mine', 'a.gguf')
    traces.push(await shelf.trace())
    expect(await there()).toEqual(['mine/a.gguf'])
    await mkdir(join(mine, 'deeper'))
    await rename(join(mine, 'a.gguf'), join(mine, 'deeper', 'b.gguf'))
    traces.push(await shelf.trace())
    expect(await there()).toEqual(['mine/deeper/b.gguf'])
    expect((await shelf.find(hashOf('toy-base')))?.sha256).toBe(hashOf('toy-base'))
    await rm(join(mine, 'deeper', 'b.gguf'))
    traces.push(await shelf.trace())
    expect(await there()).toEqual([])
    expect(new Set(traces).size).toBe(4)
  })

  it('leaves what a person added by hand, or another watched folder has', async () => {
    await put('toy-base', 'mine', 'a.gguf')
    await put('toy-other', 'other', 'b.gguf')
    await shelf.register({ path: join(mine, 'a.gguf'), origin: 'imported' })
    await watched.add(mine)
    await watched.add(join(folder, 'other'))
    await there()
    watched.remove(mine)
    shelf.forgetFolder(mine)
    expect((await there()).sort()).toEqual(['mine/a.gguf', 'other/b.gguf'])
  })

  it('does not lose a model to "remove" while it is watched, and never a file', async () => {
    await put('toy-base', 'mine', 'a.gguf')
    await watched.add(mine)
    await there()
    await expect(shelf.remove(hashOf('toy-base'))).rejects.toMatchObject({
      code: 'not-allowed',
      hint: expect.stringContaining('stop watching'),
    })
    expect(await there()).toEqual(['mine/a.gguf'])
  })

  it('shows no path outside: links in it are not followed, nor is a link that takes its place', async () => {
    await put('toy-base', 'other', 'secret.gguf')
    await watched.add(mine)
    await symlink(join(folder, 'other', 'secret.gguf'), join(mine, 'link.gguf'))
    await symlink(join(folder, 'other'), join(mine, 'links'))
    expect(await there()).toEqual([])
    await rm(mine, { recursive: true })
    await symlink(join(folder, 'other'), mine)
    expect(await there()).toEqual([])
    expect(JSON.parse(await shelf.trace())[1]).toEqual([[]])
  })

  it('lists what is no model with its reason, and goes on', async () => {
    await writeFile(join(mine, 'broken.gguf'), 'GGUFnothing')
    await put('toy-base', 'mine', 'a.gguf')
    await watched.add(mine)
    expect(await there()).toEqual(['mine/a.gguf'])
    expect(shelf.refused().map(({ path }) => path)).toEqual([join(mine, 'broken.gguf')])
  })
})

describe('watching', () => {
  it('takes the real folder once, and none that is looked at anyway', async () => {
    await symlink(mine, join(folder, 'way-to-mine'))
    await mkdir(join(mine, 'inner'))
    expect(await watched.add(join(mine, 'inner'))).toBe(join(mine, 'inner'))
    expect(await watched.add(join(folder, 'way-to-mine'))).toBe(mine)
    await watched.add(join(mine, 'inner'))
    await watched.add(join(folder, 'models'))
    expect(watched.list()).toEqual([mine])
  })

  it('refuses what is no folder, and what is too much to look at again and again', async () => {
    await expect(watched.add(join(folder, 'none'))).rejects.toMatchObject({ code: 'file-unreadable' })
    await writeFile(join(mine, 'file'), '')
    await expect(watched.add(join(mine, 'file'))).rejects.toMatchObject({ code: 'file-unreadable' })
    expect(() => watched.remove(mine)).toThrow('not watched')
    for (let n = 0; n <= 2000; n++) await mkdir(join(mine, `f${n}`))
    await expect(watched.add(mine)).rejects.toMatchObject({ code: 'not-allowed', hint: expect.stringContaining('in which the models are') })
    expect(watched.list()).toEqual([])
  })
})

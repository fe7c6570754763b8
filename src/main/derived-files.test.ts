import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { derivedFiles } from './derived-files'

const folder = mkdtempSync(join(tmpdir(), 'tributary-derived-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('what was derived from models, in files', () => {
  it('is read back by its key, by another process too', async () => {
    await derivedFiles(folder).write('a', Uint8Array.of(1, 2, 3))
    await derivedFiles(folder).write('b', new Uint8Array(0))
    expect([...((await derivedFiles(folder).read('a')) ?? [])]).toEqual([1, 2, 3])
    expect(await derivedFiles(folder).read('b')).toHaveLength(0)
    expect(await derivedFiles(folder).read('c')).toBeUndefined()
    expect(readdirSync(folder)).toHaveLength(2)
  })

  it('is as good as none where a file is damaged, cut off or empty', async () => {
    const own = join(folder, 'damaged')
    const store = derivedFiles(own)
    await store.write('a', Uint8Array.of(1, 2, 3))
    const path = join(own, readdirSync(own)[0] as string)
    const whole = readFileSync(path)
    for (const damaged of [whole.map((byte, i) => (i === 1 ? byte ^ 1 : byte)), whole.subarray(0, 20), Buffer.alloc(0)]) {
      writeFileSync(path, damaged)
      expect(await store.read('a')).toBeUndefined()
    }
  })

  it('never throws where the folder cannot be made', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    await derivedFiles(join(file, 'below')).write('a', Uint8Array.of(1))
    expect(await derivedFiles(join(file, 'below')).read('a')).toBeUndefined()
  })
})

import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBytes } from '../bytes/file-bytes'
import { readGgufHeader } from '../read-header'
import type { GgufMetadata } from '../types/header'
import { encodeHeader, encodeListsAhead } from './encode-header'
import { type TensorToWrite, validateWritten, writeGguf } from './write-gguf'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-gguf-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const metadata: GgufMetadata = new Map([['general.architecture', { type: 'string', value: 'test' }]])
const sha = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

const tensor = (name: string, values: readonly number[], chunks = 1): TensorToWrite => ({
  name,
  shape: [values.length],
  type: 'F32',
  *bytes() {
    const bytes = new Uint8Array(Float32Array.from(values).buffer)
    for (let at = 0; at < bytes.length; at += bytes.length / chunks) yield bytes.subarray(at, at + bytes.length / chunks)
  },
})

describe('writeGguf', () => {
  it('copies a toy byte for byte: metadata, order and alignment survive', async () => {
    const source = 'resources/toys/toy-math.gguf'
    const header = await readGgufHeader(source)
    const file = openBytes(source)
    const path = join(folder, 'copy.gguf')
    const tensors = header.tensors.map(({ name, shape, type, offset, byteLength }) => ({
      name,
      shape,
      type,
      *bytes() {
        for (let at = 0; at < byteLength; at += 100_000) yield file.read(offset + at, Math.min(100_000, byteLength - at))
      },
    }))
    const copy = await writeGguf(path, { metadata: header.metadata, tensors })
    file.close()
    expect(sha(path)).toBe(sha(source))
    expect(copy.tensors).toEqual(header.tensors)
    expect(readdirSync(folder)).toEqual(['copy.gguf'])
  })

  it('does not depend on how the bytes come', async () => {
    for (const chunks of [1, 2, 4])
      await writeGguf(
        join(folder, `${chunks}`),
        { metadata, tensors: [tensor('a', [1, 2, 3, 4], chunks), tensor('b', [5])] },
        { expect: 'any' },
      )
    expect(new Set(['1', '2', '4'].map((name) => sha(join(folder, name)))).size).toBe(1)
  })

  it('leaves nothing, and the old file as it was, when bytes are missing, too many, or the source fails', async () => {
    const path = join(folder, 'model.gguf')
    writeFileSync(path, 'old')
    const broken: TensorToWrite[] = [
      { ...tensor('a', [1]), shape: [2] },
      { ...tensor('a', [1, 2]), shape: [1] },
      {
        ...tensor('a', [1]),
        bytes: () => {
          throw new Error('source gone')
        },
      },
    ]
    for (const one of broken) await expect(writeGguf(path, { metadata, tensors: [one] }, { expect: 'any' })).rejects.toThrow()
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['model.gguf'])
  })

  it('stops when told to and cleans up', async () => {
    const stop = new AbortController()
    const slow: TensorToWrite = {
      ...tensor('a', [1, 2]),
      async *bytes() {
        yield new Uint8Array(4)
        stop.abort(new Error('stopped'))
        yield new Uint8Array(4)
      },
    }
    await expect(writeGguf(join(folder, 'x.gguf'), { metadata, tensors: [slow] }, { signal: stop.signal, expect: 'any' })).rejects.toThrow(
      'stopped',
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('refuses what does not fit on the disk before it writes', async () => {
    const huge = { ...tensor('a', [1]), shape: [2 ** 45] }
    await expect(writeGguf(join(folder, 'x.gguf'), { metadata, tensors: [huge] }, { expect: 'any' })).rejects.toMatchObject({
      code: 'disk-full',
    })
    expect(existsSync(join(folder, 'x.gguf.part'))).toBe(false)
  })

  it('does not register a result that the careful reader refuses', async () => {
    await expect(writeGguf(join(folder, 'x.gguf'), { metadata, tensors: [tensor('a', [1])] })).rejects.toMatchObject({
      code: 'model-corrupt',
    })
    expect(readdirSync(folder)).toEqual([])
  })

  it('refuses a result of which one letter of a long vocabulary came out wrong', async () => {
    const words = { type: 'array', items: 'string', value: Array.from({ length: 5000 }, (_, id) => `word${id}`) } as const
    const encoded = encodeHeader(new Map([...metadata, ['tokenizer.ggml.tokens', words]]), [{ name: 'a', shape: [1], type: 'F32' }])
    const path = join(folder, 'x.gguf.part')
    const whole = Buffer.alloc(encoded.fileSize)
    whole.set(encoded.bytes)
    writeFileSync(path, whole)
    await validateWritten(path, encoded, 'any')
    whole.write('wurd', whole.indexOf('word4321'))
    writeFileSync(path, whole)
    await expect(validateWritten(path, encoded, 'any')).rejects.toMatchObject({ code: 'model-corrupt' })
  })
})

it('encodes lists ahead to the same bytes', () => {
  const lists = (): GgufMetadata =>
    new Map([
      ['words', { type: 'array', items: 'string', value: ['red', 'Ġkey', ''] }],
      ['kinds', { type: 'array', items: 'int32', value: [1, -2, 3] }],
      ['general.name', { type: 'string', value: 'x' }],
    ])
  const known = lists()
  encodeListsAhead(known)
  expect(encodeHeader(known, []).bytes).toEqual(encodeHeader(lists(), []).bytes)
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { TributaryError } from '../../../shared/errors'
import { memoryBytes } from '../gguf/bytes/byte-source'
import { openBytes } from '../gguf/bytes/file-bytes'
import { parseSafetensors } from './header'
import { openSafetensors, readTensor } from './open'

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'))
afterAll(() => rmSync(folder, { recursive: true }))

const twoTensors = {
  __metadata__: { format: 'pt' },
  a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] },
  b: { dtype: 'BF16', shape: [3], data_offsets: [16, 22] },
}

function fileOf(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const file = new Uint8Array(8 + json.length + dataBytes)
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true)
  file.set(json, 8)
  for (let index = 0; index < dataBytes; index++) file[8 + json.length + index] = index
  return file
}

const parse = (header: unknown, dataBytes = 22) => parseSafetensors(memoryBytes(fileOf(header, dataBytes), 'a.safetensors'))

describe('one file', () => {
  it('is read: names, types, shapes, absolute places, metadata', () => {
    const path = join(folder, 'one.safetensors')
    writeFileSync(path, fileOf(twoTensors, 22))
    const model = openSafetensors(path)
    expect(model.metadata).toEqual({ format: 'pt' })
    expect(model.tensors.map(({ name, shape, type, byteLength }) => [name, shape, type, byteLength])).toEqual([
      ['a', [2, 2], 'F32', 16],
      ['b', [3], 'BF16', 6],
    ])
    const file = openBytes(path)
    expect([...readTensor(file, model.tensors[1] ?? expect.fail())]).toEqual([16, 17, 18, 19, 20, 21])
    file.close()
  })

  it.each<[string, unknown, number]>([
    ['an unknown type', { a: { dtype: 'F4', shape: [1], data_offsets: [0, 1] } }, 1],
    ['a shape that does not fit', { a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, 8],
    ['an overflowing shape', { a: { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 8] } }, 8],
    ['a negative offset', { a: { dtype: 'F32', shape: [1], data_offsets: [-4, 0] } }, 4],
    ['an end beyond the file', { a: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, 8],
    [
      'overlapping tensors',
      { a: { dtype: 'I8', shape: [4], data_offsets: [0, 4] }, b: { dtype: 'I8', shape: [4], data_offsets: [2, 6] } },
      6,
    ],
    ['a gap', { a: { dtype: 'I8', shape: [1], data_offsets: [1, 2] } }, 2],
    ['bytes left over', { a: { dtype: 'I8', shape: [1], data_offsets: [0, 1] } }, 2],
    ['a name twice', '{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}', 1],
    ['metadata that is no table', { __metadata__: 3 }, 0],
    ['an array', [], 0],
    ['no JSON', '{"a":', 0],
  ])('%s is refused', (_, header, bytes) => {
    const refuse = (): unknown => parse(header, bytes)
    expect(refuse).toThrow(TributaryError)
    try {
      refuse()
    } catch (error) {
      expect(['model-corrupt', 'file-format']).toContain((error as TributaryError).code)
    }
  })

  it('names like __proto__ are names', () => {
    expect(parse('{"__proto__":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}', 1).tensors[0]?.name).toBe('__proto__')
  })

  it('a header length beyond all reason is refused before it is read', () => {
    const file = fileOf(twoTensors, 22)
    for (const length of [0n, 2n ** 20n, 2n ** 31n, 2n ** 63n]) {
      new DataView(file.buffer).setBigUint64(0, length, true)
      expect(() => parseSafetensors(memoryBytes(file))).toThrow(TributaryError)
    }
  })

  it('10,000 mutated files are each read or refused by a TributaryError', () => {
    const whole = fileOf(twoTensors, 22)
    let state = 7
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    for (let round = 0; round < 10_000; round++) {
      const file = Uint8Array.from(whole)
      for (let edit = random(3); edit >= 0; edit--) file[random(whole.length - 20)] = random(2) ? random(256) : 48 + random(10)
      try {
        parseSafetensors(memoryBytes(random(10) ? file : file.subarray(0, random(file.length))))
      } catch (error) {
        if (!(error instanceof TributaryError)) throw error
      }
    }
  })
})

describe('shards', () => {
  const shards = join(folder, 'shards')
  mkdirSync(shards)
  const index = join(shards, 'model.safetensors.index.json')
  writeFileSync(join(shards, 'm-1.safetensors'), fileOf({ a: { dtype: 'I8', shape: [2], data_offsets: [0, 2] } }, 2))
  writeFileSync(join(shards, 'm-2.safetensors'), fileOf({ b: { dtype: 'I8', shape: [3], data_offsets: [0, 3] } }, 3))
  const open = (map: unknown) => {
    writeFileSync(index, JSON.stringify({ weight_map: map }))
    return openSafetensors(index)
  }

  it('are joined', () => {
    expect(open({ a: 'm-1.safetensors', b: 'm-2.safetensors' }).tensors.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it.each([
    ['a path upwards', { a: '../m-1.safetensors' }],
    ['an absolute path', { a: '/etc/x.safetensors' }],
    ['a Windows path', { a: '..\\m-1.safetensors' }],
    ['a hidden file', { a: '.safetensors' }],
    ['another kind of file', { a: 'm-1.bin' }],
    ['a tensor that is elsewhere', { a: 'm-2.safetensors' }],
    ['no map', 3],
  ])('%s is refused', (_, map) => {
    expect(() => open(map)).toThrow(TributaryError)
  })
})

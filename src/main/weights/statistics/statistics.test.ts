import { describe, expect, it } from 'vitest'
import { encodeHeader } from '../gguf/write/encode-header'
import { readImatrix } from './imatrix'
import { decodeTable, encodeTable, quantitiesOf } from './table'

const matrix = 'blk.0.ffn_up.weight'

describe('a table of statistics', () => {
  const entries = [
    { matrix, quantity: 'energy', shape: [3], data: Float32Array.of(1, 2, 3) },
    { matrix, quantity: 'gram', shape: [1, 1], data: Float32Array.of(7) },
  ] as const
  it('comes back as it was, also from shared memory', () => {
    const bytes = encodeTable(entries, { shared: { 'blk.0.ffn_gate.weight': matrix }, made: { node: 'calibrate' } })
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
    shared.set(bytes)
    for (const table of [decodeTable(bytes), decodeTable(shared)]) {
      expect([...(table.get(matrix, 'energy') ?? [])]).toEqual([1, 2, 3])
      expect([...(table.get('blk.0.ffn_gate.weight', 'gram') ?? [])]).toEqual([7])
      expect(table.get(matrix, 'fisher')).toBeUndefined()
      expect(table.made).toEqual({ node: 'calibrate' })
      expect(table.matrices.toSorted()).toEqual(['blk.0.ffn_gate.weight', matrix])
    }
    expect(quantitiesOf(entries)).toEqual(['energy', 'gram'])
  })
  it('that is none is told', () => {
    expect(() => decodeTable(new TextEncoder().encode('no table at all'))).toThrow(expect.objectContaining({ code: 'file-format' }))
    const other = encodeTable([{ matrix: 'x', quantity: 'energy', shape: [1], data: Float32Array.of(1) }])
    other.set(new TextEncoder().encode('enemy'), new TextDecoder().decode(other).indexOf('energy'))
    expect(() => decodeTable(other)).toThrow(/no file of statistics/)
  })
})

/** An old file: name, calls, values of each matrix, then chunks and the text's name. */
function legacy(matrices: readonly [string, number, readonly number[]][], tail: readonly [number, string] | undefined): Uint8Array {
  const parts: Uint8Array[] = []
  const int = (value: number): void => void parts.push(new Uint8Array(Int32Array.of(value).buffer))
  int(matrices.length)
  for (const [name, calls, values] of matrices) {
    int(name.length)
    parts.push(new TextEncoder().encode(name))
    int(calls)
    int(values.length)
    parts.push(new Uint8Array(Float32Array.from(values).buffer))
  }
  if (tail) {
    int(tail[0])
    int(tail[1].length)
    parts.push(new TextEncoder().encode(tail[1]))
  }
  return Uint8Array.from(Buffer.concat(parts))
}

function gguf(
  tensors: readonly { readonly name: string; readonly shape: readonly number[]; readonly values: readonly number[] }[],
): Uint8Array {
  const metadata = new Map([
    ['general.type', { type: 'string', value: 'imatrix' }],
    ['imatrix.datasets', { type: 'array', items: 'string', value: ['wiki.txt'] }],
    ['imatrix.chunk_count', { type: 'uint32', value: 2 }],
    ['imatrix.chunk_size', { type: 'uint32', value: 512 }],
  ] as const)
  const {
    bytes,
    fileSize,
    tensors: placed,
  } = encodeHeader(
    metadata,
    tensors.map(({ name, shape }) => ({ name, shape, type: 'F32' as const })),
  )
  const file = new Uint8Array(fileSize)
  file.set(bytes)
  for (const [index, { values }] of tensors.entries())
    file.set(new Uint8Array(Float32Array.from(values).buffer), placed[index]?.offset ?? 0)
  return file
}

describe('an importance matrix', () => {
  it('in GGUF is sums over counts, a row for each expert', () => {
    const found = readImatrix(
      gguf([
        { name: `${matrix}.in_sum2`, shape: [3], values: [2, 4, 8] },
        { name: `${matrix}.counts`, shape: [1], values: [4] },
        { name: 'blk.0.ffn_down_exps.weight.in_sum2', shape: [2, 2], values: [2, 4, 5, 5] },
        { name: 'blk.0.ffn_down_exps.weight.counts', shape: [1, 2], values: [2, 0] },
      ]),
      'm.gguf',
    )
    expect(found).toMatchObject({ datasets: ['wiki.txt'], chunks: 2, tokens: 1024, isRelative: false })
    expect(found.entries.map(({ matrix: name, quantity, shape, data }) => [name, quantity, shape, [...data]])).toEqual([
      [matrix, 'energy', [3], [0.5, 1, 2]],
      ['blk.0.ffn_down_exps.weight', 'energy', [2, 2], [1, 2, 0, 0]],
    ])
  })
  it('in the old format is values over calls, and known up to a factor', () => {
    for (const tail of [undefined, [7, 'wiki.txt'] as const]) {
      const found = readImatrix(legacy([[matrix, 4, [2, 4, 8]]], tail), 'm.dat')
      expect(found).toMatchObject({ isRelative: true, chunks: tail ? 7 : 0, datasets: tail ? ['wiki.txt'] : [] })
      expect([...(found.entries[0]?.data ?? [])]).toEqual([0.5, 1, 2])
    }
  })
  it.each<[string, Uint8Array, RegExp]>([
    ['sums without counts', gguf([{ name: 'a.in_sum2', shape: [1], values: [1] }]), /a has sums but no counts/],
    [
      'counts of another size',
      gguf([
        { name: 'a.in_sum2', shape: [2], values: [1, 1] },
        { name: 'a.counts', shape: [3], values: [1, 1, 1] },
      ]),
      /do not fit/,
    ],
    ['a negative energy', legacy([['a', 1, [-1]]], undefined), /no energies/],
    ['a number that is none', legacy([['a', 1, [Number.NaN]]], undefined), /no energies/],
    ['a count beyond its end', Uint8Array.from([255, 255, 0, 0]), /reaches beyond/],
    ['a negative count', Uint8Array.from([255, 255, 255, 255]), /the number of matrices is -1/],
    ['nothing', Uint8Array.from([0, 0, 0, 0]), /holds no matrices/],
  ])('with %s is refused', (_, bytes, words) => {
    expect(() => readImatrix(bytes, 'm.dat')).toThrow(words)
    expect(() => readImatrix(bytes, 'm.dat')).toThrow(expect.objectContaining({ code: 'model-corrupt' }))
  })
  it('with any byte changed or its end missing gives numbers or a sentence, never another failure', () => {
    const files = [
      legacy([[matrix, 4, [2, 4, 8]]], [7, 'wiki.txt']),
      gguf([
        { name: `${matrix}.in_sum2`, shape: [3], values: [2, 4, 8] },
        { name: `${matrix}.counts`, shape: [1], values: [4] },
      ]),
    ]
    for (const file of files)
      for (let round = 0; round < 2000; round++) {
        const at = (round * 7919) % file.length
        const changed = round % 3 === 0 ? file.slice(0, at) : Uint8Array.from(file)
        if (round % 3 !== 0) changed[at] = (round * 104_729) % 256
        try {
          readImatrix(changed, 'm')
        } catch (error) {
          expect(['model-corrupt', 'file-format']).toContain((error as { code?: string }).code)
        }
      }
  })
})

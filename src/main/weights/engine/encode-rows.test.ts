import { expect, it } from 'vitest'
import type { Codec } from '../convert/codec'
import { placeOf } from '../place'
import { encodeRows } from './encode-rows'

/** What a codec is asked: how many values, where they go, and by which importance. */
function asked(shape: readonly number[], importance: Float32Array | undefined): [number, number, number[] | undefined][] {
  const calls: [number, number, number[] | undefined][] = []
  const codec = {
    encode: (_type: string, values: Float32Array, _row: number, into: Uint8Array, own?: Float32Array) =>
      void calls.push([values.length, into.byteOffset, own && [...own]]),
  } as unknown as Codec
  const place = placeOf('x', shape, 0)
  encodeRows(codec, 'F32', { values: new Float32Array(place.length), place, importance }, new Uint8Array(4 * place.length))
  return calls
}

it('all rows of a matrix share the importance of its columns', () => {
  expect(asked([2, 3], Float32Array.of(1, 5))).toEqual([[6, 0, [1, 5]]])
})
it('rows of experts each have their own; one that nothing was routed to has none', () => {
  expect(asked([2, 3, 3], Float32Array.of(1, 5, 0, 0, 7, 8))).toEqual([
    [6, 0, [1, 5]],
    [6, 24, undefined],
    [6, 48, [7, 8]],
  ])
})
it('without any, or with one of another width, every column counts alike', () => {
  expect(asked([2, 3], undefined)).toEqual([[6, 0, undefined]])
  expect(asked([2, 3], Float32Array.of(1, 2, 3))).toEqual([[6, 0, undefined]])
})

import { expect, it } from 'vitest'
import { drawUniform, philox4x32, philoxKey } from './philox'

const hex = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, '0')).join(' ')

it('gives the known answers of Philox4x32-10', () => {
  const ones = 0xffffffff
  expect(hex(philox4x32([0, 0, 0, 0], [0, 0]))).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8')
  expect(hex(philox4x32([ones, ones, ones, ones], [ones, ones]))).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd')
  expect(hex(philox4x32([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]))).toBe(
    'd16cfe09 94fdcceb 5001e420 24126ea1',
  )
})

it('keys a stream by seed, model and tensor', () => {
  const key = philoxKey(42, 'A', 'blk.0.ffn_up.weight')
  expect(hex(key)).toBe('342c8563 15b60b59')
  expect(hex(philox4x32([0, 0, 0, 0], key))).toBe('bce55d51 5b035e01 bbd2d37c d34a2705')
  expect(hex(philox4x32([1, 0, 0, 0], key))).toBe('79c6f603 522c5e44 596e06fe 9c21b545')
  const draws = new Float32Array(8)
  drawUniform(key, 0, draws)
  expect([...draws].map((u) => (u < 0.5 ? 1 : 0))).toEqual([0, 1, 0, 0, 1, 1, 1, 0])
})

it('a draw depends on its index alone', () => {
  const key = philoxKey(7, 'model', 'tensor')
  const whole = new Float32Array(100)
  drawUniform(key, 0, whole)
  for (const start of [1, 3, 50, 97]) {
    const part = new Float32Array(3)
    drawUniform(key, start, part)
    expect([...part]).toEqual([...whole.subarray(start, start + 3)])
  }
})

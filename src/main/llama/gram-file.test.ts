import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { GramFile } from './gram-file'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'grams-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

it('adds up each matrix where it lies', () => {
  const path = join(folder, 'grams')
  const file = new GramFile(path)
  const [small, large] = [file.place(2), file.place(3)]
  const rows = Float32Array.of(1, 2, 3)
  file.add(large, rows)
  // arrays of a tap are used again
  rows.fill(9)
  file.add(small, Float32Array.of(1, 2, 3, 4))
  file.settle()
  file.add(large, Float32Array.of(0, 1, 0))
  file.add(large, Float32Array.of(1, 0, 0))
  file.settle()
  file.settle()
  file.close()
  const bytes = readFileSync(path)
  const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  const upper = (at: number, width: number): number[] =>
    [...numbers.subarray(at / 4, at / 4 + width * width)].filter((_, i) => i % width >= Math.floor(i / width))
  expect([small, large, numbers.length]).toEqual([0, 16, 13])
  expect(upper(small, 2)).toEqual([10, 14, 20])
  expect(upper(large, 3)).toEqual([2, 2, 3, 5, 6, 9])
})

import { expect, it } from 'vitest'
import { addGram } from './gram'

it.each([
  [1, 5],
  [3, 4],
  [4, 7],
  [9, 8],
  [6, 1],
])('x·xᵀ of %i rows of %i is added to the upper triangle', (rows, width) => {
  const values = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i * 1.7) * (i % 3))
  const gram = new Float32Array(width * width).fill(1)
  addGram(values, width, gram)
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++) {
      let sum = 1
      for (let r = 0; j >= i && r < rows; r++) sum += (values[r * width + i] as number) * (values[r * width + j] as number)
      expect(gram[i * width + j]).toBeCloseTo(sum, 5)
    }
})

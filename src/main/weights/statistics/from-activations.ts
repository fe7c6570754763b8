import type { InputStatistics, ModelStatistics, OutputStatistics } from '../../models/model'
import type { TableEntry } from './table'
import type { WrittenEntry } from './write-table'

/**
 * Sums over tokens as means over tokens, by matrix. `shared` names, for matrices with one input, the matrix that holds its arrays; `readGram` gives numbers
 * of the file of Gram matrices, from a byte on.
 */
export function tableOfActivations(
  { inputs, outputs }: Pick<ModelStatistics, 'inputs' | 'outputs'>,
  readGram: (at: number, length: number) => Promise<Float32Array>,
): {
  readonly entries: WrittenEntry[]
  readonly shared: Record<string, string>
} {
  const entries = [...inputs.flatMap((input) => inputEntries(input, readGram)), ...outputs.flatMap(outputEntries)]
  const shared: Record<string, string> = {}
  for (const { weights } of inputs) for (const weight of weights.slice(1)) shared[weight] = weights[0] as string
  return { entries, shared }
}

function inputEntries(
  { weights, width, rows, sum, squares, gramAt, features }: InputStatistics,
  readGram: (at: number, length: number) => Promise<Float32Array>,
): WrittenEntry[] {
  const matrix = weights[0] as string
  const mean = (sums: ArrayLike<number>): Float32Array => Float32Array.from(sums, (value) => value / Math.max(1, rows))
  return [
    { matrix, quantity: 'energy', shape: [width], data: mean(squares) },
    { matrix, quantity: 'mean', shape: [width], data: mean(sum) },
    ...(gramAt === undefined
      ? []
      : [
          {
            matrix,
            quantity: 'gram',
            shape: [width, width],
            data: async () => whole(await readGram(gramAt, width * width), width, rows),
          } as const,
        ]),
    ...(features ? [{ matrix, quantity: 'features', shape: [features.length / width, width], data: features } as const] : []),
  ]
}

/** The mean from the upper triangle of the sum, and its mirror image below, in place. */
function whole(gram: Float32Array, width: number, rows: number): Float32Array {
  for (let i = 0; i < width; i++)
    for (let j = 0; j < width; j++)
      gram[i * width + j] = j < i ? (gram[j * width + i] as number) : (gram[i * width + j] as number) / Math.max(1, rows)
  return gram
}

function outputEntries({ weight: matrix, rows, sum, squares }: OutputStatistics): TableEntry[] {
  const count = Math.max(1, rows)
  const data = Float32Array.from(sum, (value) => value / count)
  const variances = Float32Array.from(squares, (value, i) => Math.max(0, value / count - ((sum[i] as number) / count) ** 2))
  return [
    { matrix, quantity: 'outMean', shape: [data.length], data },
    { matrix, quantity: 'outVariance', shape: [data.length], data: variances },
  ]
}

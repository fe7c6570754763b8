import type { InputStatistics, ModelStatistics, OutputStatistics } from '../../models/model'
import type { TableEntry } from './table'

/** Sums over tokens as means over tokens, by matrix. `shared` names, for matrices with one input, the matrix that holds its arrays. */
export function tableOfActivations({ inputs, outputs }: Pick<ModelStatistics, 'inputs' | 'outputs'>): {
  readonly entries: TableEntry[]
  readonly shared: Record<string, string>
} {
  const entries = [...inputs.flatMap(inputEntries), ...outputs.flatMap(outputEntries)]
  const shared: Record<string, string> = {}
  for (const { weights } of inputs) for (const weight of weights.slice(1)) shared[weight] = weights[0] as string
  return { entries, shared }
}

function inputEntries({ weights, width, rows, sum, squares, gram, features }: InputStatistics): TableEntry[] {
  const matrix = weights[0] as string
  const mean = (sums: ArrayLike<number>): Float32Array => Float32Array.from(sums, (value) => value / Math.max(1, rows))
  return [
    { matrix, quantity: 'energy', shape: [width], data: mean(squares) },
    { matrix, quantity: 'mean', shape: [width], data: mean(sum) },
    ...(gram ? [{ matrix, quantity: 'gram', shape: [width, width], data: divided(gram, Math.max(1, rows)) } as const] : []),
    ...(features ? [{ matrix, quantity: 'features', shape: [features.length / width, width], data: features } as const] : []),
  ]
}

/** In place: Gram matrices are the bulk of what is held. */
function divided(values: Float32Array, by: number): Float32Array {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / by
  return values
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

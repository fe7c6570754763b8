import type { TensorReport, WeightsReport } from '../../shared/weights-report'

/** What the map shows: a figure, of the result (−1) or of one of the models. */
export type Figure = 'change' | 'conflicts' | 'unchanged' | 'coefficient'
export interface Shown {
  readonly figure: Figure
  readonly of: number
}

export const figures: readonly { readonly figure: Figure; readonly title: string; readonly says: string }[] = [
  { figure: 'change', title: 'Change', says: 'length of the change against the length of the reference' },
  { figure: 'conflicts', title: 'Sign conflicts', says: 'entries that two models pull in opposite directions' },
  { figure: 'unchanged', title: 'Unchanged', says: 'entries that are exactly as in the reference; pruned ones' },
  { figure: 'coefficient', title: 'Coefficients', says: 'how much of a model goes into each tensor, as the method finds it' },
]

export function figureOf(tensor: TensorReport, { figure, of }: Shown): number {
  if (figure === 'conflicts') return tensor.conflicts
  if (figure === 'coefficient') return tensor.coefficients[of] ?? 0
  if (figure === 'change') return of < 0 ? tensor.change : (tensor.changes[of] ?? 0)
  return of < 0 ? tensor.unchanged : (tensor.unchangedOf[of] ?? 0)
}

/**
 * Against their mean models lie opposite by construction: conflicts and cosines would say so of any two, and the mean has not moved from itself.
 * So the first model is looked at, by its distance.
 */
export function offeredOf({ reference, models, tensors }: Pick<WeightsReport, 'reference' | 'models' | 'tensors'>): {
  readonly figures: typeof figures
  readonly cosines: boolean
  readonly first: number
} {
  const compares = reference === 'base' && models.length > 1
  return {
    figures: figures.filter(({ figure }) => {
      if (figure === 'coefficient') return tensors.some(({ coefficients }) => coefficients.length > 0)
      return figure !== 'conflicts' || compares
    }),
    cosines: compares,
    first: reference === 'mean' ? 0 : -1,
  }
}

export interface HeatRow {
  readonly part: string
  /** one for each column; undefined where this layer has no such tensor */
  readonly cells: readonly (TensorReport | undefined)[]
}

export interface HeatMapData {
  readonly layers: readonly number[]
  readonly rows: readonly HeatRow[]
  /** what stands outside all layers */
  readonly outside: readonly TensorReport[]
  readonly most: number
}

/** Layers across, parts down in the order of the first layer that has them. `most`: the largest value, the end of the scale; at least the smallest positive number. */
export function heatMap({ tensors }: WeightsReport, shown: Shown): HeatMapData {
  const layers = [...new Set(tensors.flatMap(({ layer }) => (layer === null ? [] : [layer])))].sort((a, b) => a - b)
  const column = new Map(layers.map((layer, i) => [layer, i]))
  const rows = new Map<string, (TensorReport | undefined)[]>()
  for (const tensor of tensors) {
    if (tensor.layer === null) continue
    const cells = rows.get(tensor.part) ?? layers.map(() => undefined)
    rows.set(tensor.part, cells)
    cells[column.get(tensor.layer) as number] = tensor
  }
  return {
    layers,
    rows: [...rows].map(([part, cells]) => ({ part, cells })),
    outside: tensors.filter(({ layer }) => layer === null),
    most: Math.max(Number.MIN_VALUE, ...tensors.map((tensor) => Math.abs(figureOf(tensor, shown)))),
  }
}

/** The tensor with the largest figure, the first of equals. */
export const strongest = ({ tensors }: Pick<WeightsReport, 'tensors'>, shown: Shown): TensorReport | undefined =>
  tensors.reduce<TensorReport | undefined>(
    (most, tensor) => (most === undefined || figureOf(tensor, shown) > figureOf(most, shown) ? tensor : most),
    undefined,
  )

/** Coefficients may be negative, and models by themselves have sizes; all else is a share. */
export const isShare = ({ figure }: Shown, { reference }: Pick<WeightsReport, 'reference'>): boolean =>
  figure !== 'coefficient' && (figure !== 'change' || reference !== 'none')

/** 0.0213 → 2.1 %; what is no share is told as it is. */
export function formatFigure(value: number, isShare: boolean): string {
  if (!isShare) return value.toPrecision(3).replace('-', '−')
  const percent = value * 100
  return `${percent >= 10 || percent === 0 ? percent.toFixed(0) : percent >= 0.1 ? percent.toFixed(1) : percent.toPrecision(1)} %`
}

/** Of all entries, how many conflict or stay as they were: tensors weighed by their size. */
export function overall(tensors: readonly TensorReport[], pick: (tensor: TensorReport) => number): number {
  const size = ({ shape }: TensorReport): number => shape.reduce((product, n) => product * n, 1)
  const all = tensors.reduce((sum, tensor) => sum + size(tensor), 0)
  return all === 0 ? 0 : tensors.reduce((sum, tensor) => sum + pick(tensor) * size(tensor), 0) / all
}

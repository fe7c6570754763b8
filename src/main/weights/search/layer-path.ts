import type { Space } from './search'

export interface LayerOfPath {
  readonly source: number
  readonly layer: number
  readonly scale?: number
}

export interface PathAsked {
  /** layers of each model */
  readonly depths: readonly number[]
  /** how often the list of all layers is gone through; a layer can be used as often */
  readonly repeats: number
  /** how the layers stand in the row: model by model (as published), or all first layers, then all second ones, so that neighbours can replace each other */
  readonly row: 'models' | 'depth'
  /** the residual stream is scaled where a layer follows one that it does not follow in its own model */
  readonly scales: boolean
}

const spread = 1 / 3

interface RowLayer {
  readonly source: number
  readonly layer: number
}

function rowOf({ depths, row }: PathAsked): RowLayer[] {
  const all = depths.flatMap((depth, source) => Array.from({ length: depth }, (_, layer) => ({ source, layer })))
  return row === 'models' ? all : all.sort((a, b) => a.layer - b.layer || a.source - b.source)
}

/**
 * The data-flow space of evolutionary merging: all layers of all models in order, `repeats` times; a slot is used where its number is above 0. With scales, one more
 * number a layer: by how much the stream is multiplied on the way into it. Begins at the first model as it is, two spreads inside. Akiba et al. 2024, arXiv:2403.13187.
 */
export function pathSpace(asked: PathAsked): Space {
  const { repeats, scales } = asked
  const row = rowOf(asked)
  const start = Array.from({ length: repeats }, (_, round) =>
    row.map(({ source }) => (round === 0 && source === 0 ? 2 * spread : -spread)),
  ).flat()
  const each = (value: number): number[] => (scales ? row.map(() => value) : [])
  return {
    low: [...start.map(() => -1), ...each(0.5)],
    high: [...start.map(() => 1), ...each(1.5)],
    start: [...start, ...each(1)],
  }
}

/**
 * The layers that a point stands for, in order. A stream that is multiplied by s before a layer that normalises its input is left as it is instead, and all that
 * later layers add is divided by the product of the scales so far: the model computes the same. Empty where no slot is used.
 */
export function pathOf(point: readonly number[], asked: PathAsked): LayerOfPath[] {
  const { repeats, scales } = asked
  const all = rowOf(asked)
  const path: LayerOfPath[] = []
  let product = 1
  for (let slot = 0; slot < all.length * repeats; slot++) {
    if (!((point[slot] as number) > 0)) continue
    const here = all[slot % all.length] as RowLayer
    const before = path.at(-1)
    const follows = before === undefined || (before.source === here.source && before.layer + 1 === here.layer)
    if (scales && !follows) product *= point[all.length * repeats + (slot % all.length)] as number
    const scale = Math.round(1e4 / product) / 1e4
    path.push(scale === 1 ? here : { ...here, scale })
  }
  return path
}

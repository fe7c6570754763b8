import type { Ingredients, TensorStatistics } from '../method'
import { refuse } from '../settings'
import { unfitStatistics } from '../statistics/table'

/**
 * How much each model knows of each weight of the block: its Fisher diagonal where that was measured; else the energy of the column that the weight
 * reads, which drops the slopes of the outputs (activation Fisher, an approximation). undefined where any model has neither, such as for norms and
 * embeddings when only activations were measured.
 */
export function informationOf({ statistics, place }: Pick<Ingredients, 'statistics' | 'place'>, owner: string): Float32Array[] | undefined {
  const exact = statistics.map((one) => one?.get('fisher'))
  if (exact.every((fisher) => fisher !== undefined))
    return exact.map((fisher) => {
      if (fisher.length !== place.elements) throw unfitStatistics(owner, `of another shape for ${place.tensor}`)
      return checked(fisher.subarray(place.start, place.start + place.length), owner, place.tensor)
    })
  if (exact.some((fisher) => fisher !== undefined))
    refuse(owner, 'was given exact Fisher information of some models and activations of others', 'Measure all of them alike.')
  const energies = statistics.map((one) => one?.get('energy'))
  return energies.every((energy) => energy !== undefined)
    ? energies.map((energy) => overRows(checked(energy, owner, place.tensor), place, owner))
    : undefined
}

/** Squares and their means are numbers and not below 0. */
function checked(values: Float32Array, owner: string, tensor: string): Float32Array {
  if (values.some((value) => !(value >= 0 && value < Infinity)))
    throw unfitStatistics(owner, `that are below 0, or no numbers, for ${tensor}`)
  return values
}

/** The same for one model, 0 where nothing was measured. */
export function informationOr0(one: TensorStatistics | undefined, place: Ingredients['place'], owner: string): Float32Array {
  return (one && informationOf({ statistics: [one], place }, owner)?.[0]) ?? new Float32Array(place.length)
}

/** One number a column, for every row; stacks of experts have a row of numbers each. */
function overRows(energy: Float32Array, { rowLength, start, length, elements, tensor }: Ingredients['place'], owner: string): Float32Array {
  const experts = energy.length / rowLength
  if (!Number.isInteger(experts) || experts === 0 || elements % experts !== 0)
    throw unfitStatistics(owner, `of another width for ${tensor}`)
  const perExpert = elements / experts
  return Float32Array.from({ length }, (_, i) => {
    const expert = Math.floor((start + i) / perExpert)
    return energy[expert * rowLength + (i % rowLength)] as number
  })
}

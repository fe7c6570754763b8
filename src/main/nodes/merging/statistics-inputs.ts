import { quantityWords } from '../../../shared/quantity'
import type { StatisticsRef } from '../../../shared/value'
import { weightsCatalog } from '../../weights/catalog'
import type { AnyMethod } from '../../weights/method'
import { missingStatistics } from '../../weights/statistics/table'

/** The inputs of nodes that merge by a chosen method, for methods that weigh by statistics. */
const asks = {
  param: 'method',
  by: Object.fromEntries(weightsCatalog().methods.flatMap(({ name, statistics }) => (statistics ? [[name, statistics.needs]] : []))),
}
export const statisticsInputs = {
  statistics: { wire: 'statistics', arity: 'many', summary: 'of each model, in their order, for methods that weigh by them', asks },
  baseStatistics: { wire: 'statistics', arity: 'optional', summary: 'of the common ancestor, where the method takes them', asks },
} as const

/** Of each model what the method takes, for its entry in a merge. Throws `statistics-missing` where there is not one for each. */
export function statisticsOf(method: AnyMethod, refs: readonly StatisticsRef[], models: number): { readonly statistics?: string }[] {
  if (method.statistics && refs.length !== models) {
    const { needs, from } = method.statistics
    throw missingStatistics(
      method.title,
      `statistics (${needs.map((need) => quantityWords[need]).join(' or ')}) of each of its ${models} models, and was given ${refs.length}`,
      from,
    )
  }
  return Array.from({ length: models }, (_, index) => {
    const ref = refs[index]
    return method.statistics && ref ? { statistics: ref.blob } : {}
  })
}

export const baseStatisticsFrom = (method: AnyMethod, ref: StatisticsRef | undefined): { readonly baseStatistics?: string } =>
  method.statistics?.base && ref ? { baseStatistics: ref.blob } : {}

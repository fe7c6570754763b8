import type { TensorStatistics } from '../method'
import { openTable } from '../statistics/stored-table'
import type { StatisticsTable } from '../statistics/table'
import type { Plan } from './plan'

/** The statistics that a plan names, each opened once a thread. */
export class KeptTables {
  private readonly tables = new Map<string, StatisticsTable>()

  constructor(private readonly plan: Plan) {}

  /** Of one tensor; undefined where no blob is named or the plan has none of it. */
  of(blob: string | undefined, tensor: string): TensorStatistics | undefined {
    const place = blob === undefined ? undefined : this.plan.statistics?.[blob]
    if (blob === undefined || place === undefined) return undefined
    const table = this.tables.get(blob) ?? openTable(place)
    this.tables.set(blob, table)
    return { get: (quantity, matrix = tensor) => table.get(matrix, quantity) }
  }
}

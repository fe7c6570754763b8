import { errorCodes } from '../../shared/errors'
import type { GlobalOptions } from './options'
import { printData, printJson, table } from './output'

export async function errors(globals: GlobalOptions): Promise<number> {
  const rows = Object.entries(errorCodes).map(([code, { exit, summary }]) => ({ code, exit, summary }))
  if (globals.json) printJson(rows)
  else printData(table([['code', 'exit', 'meaning'], ...rows.map((row) => [row.code, String(row.exit), row.summary])]))
  return 0
}

import { TributaryError } from '../../shared/errors'
import { nearestName } from '../../shared/nearest-name'
import { chooseDemonstrations, type DemonstrationResult, runDemonstrations } from '../systems/run-demonstrations'
import { type GlobalOptions, withApp } from './options'
import { printData, printJson, printNote, table } from './output'

/** Every published system: what of ours realises it, and whether its demonstration exists. What is missing is shown as missing. */
export async function list(globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const rows = await app.handlers['catalog.systems']({}, app.terminal)
    if (globals.json) {
      printJson(rows)
      return 0
    }
    printData(
      table([
        ['system', 'family', 'realised by', 'demonstration'],
        ...rows.map((row) => [row.id, row.family, row.realisedBy.join(' ') || 'missing', row.demonstration ? 'yes' : 'missing']),
      ]),
    )
    const realised = rows.filter((row) => row.realisedBy.length > 0).length
    printNote(`${rows.length} systems: ${realised} realised, ${rows.filter((row) => row.demonstration).length} with a demonstration`)
    return 0
  })
}

/** Runs demonstrations one after the other. Exit 1 when one fails; one that lacks its model is skipped and named. */
export async function run(ids: readonly string[], options: { all?: boolean }, globals: GlobalOptions): Promise<number> {
  if (ids.length === 0 && !options.all) throw new TributaryError('usage', 'Name the systems to demonstrate, or say --all.')
  return withApp(globals, async (app) => {
    const rows = await app.handlers['catalog.systems']({}, app.terminal)
    for (const id of ids)
      requireSystem(
        id,
        rows.map((row) => row.id),
      )
    const controller = new AbortController()
    process.once('SIGINT', () => controller.abort(new TributaryError('not-allowed', 'Stopped.')))
    const results: DemonstrationResult[] = []
    for await (const result of runDemonstrations(
      chooseDemonstrations(options.all ? 'all' : ids),
      app.demonstrationRooms(),
      controller.signal,
    )) {
      results.push(result)
      if (!globals.json) printOne(result)
    }
    if (globals.json) printJson(results)
    else printNote(summary(results))
    return results.every(({ status }) => status === 'pass' || status === 'skipped') ? 0 : 1
  })
}

function requireSystem(id: string, known: readonly string[]): void {
  if (known.includes(id)) return
  const nearest = nearestName(id, known)
  throw new TributaryError('not-found', `There is no system “${id}”.`, nearest ? { hint: `Did you mean “${nearest}”?` } : {})
}

const marks = { pass: '✓', fail: '✗', error: '✗', skipped: '–' } as const

function printOne({ system, title, expected, status, effect, seconds }: DemonstrationResult): void {
  printData(
    `${marks[status]} ${system}: ${title} (${seconds.toFixed(1)} s)\n    expected: ${expected}\n    ${status === 'skipped' ? 'skipped' : 'effect'}: ${effect}`,
  )
}

function summary(results: readonly DemonstrationResult[]): string {
  const count = (status: DemonstrationResult['status']) => results.filter((result) => result.status === status).length
  return `${count('pass')} passed, ${count('fail') + count('error')} failed, ${count('skipped')} skipped`
}

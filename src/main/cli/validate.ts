import { existsSync } from 'node:fs'
import { TributaryError, toErrorReport } from '../../shared/errors'
import type { Issue } from '../../shared/graph/issue'
import { specsByType } from '../../shared/graph/specs'
import { validateGraph } from '../../shared/graph/validate'
import { createCatalog } from '../nodes/catalog'
import { graphFromArgument, graphFromFile } from './graph-argument'
import { type GlobalOptions, withApp } from './options'
import { describeError, printData, printJson } from './output'

interface Report {
  readonly file: string
  readonly ok: boolean
  readonly issues: readonly Issue[]
  readonly error?: ReturnType<typeof toErrorReport>
}

const levels = ['structure', 'types', 'models'] as const

/** Checks graphs, named as everywhere: `structure` opens them, `types` checks nodes and wires, `models` also looks for the models. Exit: 0, or the worst of 3, 5 and 9. */
export async function validate(files: readonly string[], options: { level: string }, globals: GlobalOptions): Promise<number> {
  if (!levels.some((level) => level === options.level))
    throw new TributaryError('usage', `--level ${options.level}: expected ${levels.join(', ')}.`)
  const reports: Report[] = []
  let exit = 0
  for (const file of files) {
    try {
      const issues = await check(file, options.level, globals)
      const errors = issues.filter((issue) => issue.severity === 'error')
      const onlyModels = errors.length > 0 && errors.every((issue) => issue.code.startsWith('model-'))
      if (errors.length > 0) exit = Math.max(exit, onlyModels ? 5 : 3)
      reports.push({ file, ok: errors.length === 0, issues })
    } catch (thrown) {
      const error = toErrorReport(thrown, { file })
      exit = Math.max(exit, error.code === 'graph-newer' ? 9 : 3)
      reports.push({ file, ok: false, issues: [], error })
    }
  }
  if (globals.json) printJson(reports)
  else for (const report of reports) printReport(report)
  return exit
}

async function check(file: string, level: string, globals: GlobalOptions): Promise<readonly Issue[]> {
  // a file needs no store, so that a check in a repository is quick
  const { document, issues } = existsSync(file) ? await graphFromFile(file) : await withApp(globals, (app) => graphFromArgument(file, app))
  if (level === 'structure') return issues
  const specs = specsByType(createCatalog().specs())
  if (level === 'types') {
    const found = validateGraph(document, specs)
    return [...issues, ...found.filter((issue) => issue.code !== 'model-missing')]
  }
  return withApp(globals, async (app) => [...issues, ...(await app.validate(document))])
}

function printReport({ file, ok, issues, error }: Report): void {
  if (error) printData(`${file}: ${describeError(error)}`)
  else printData(`${file}: ${ok ? 'valid' : 'has errors'}`)
  for (const issue of issues) printData(`  ${issue.severity}: ${issue.message} [${issue.code}]`)
}

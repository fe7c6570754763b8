import type { BranchesRun, RunPlan } from '../../shared/api'
import { graphFromArgument } from './graph-argument'
import { type GlobalOptions, withApp } from './options'
import { formatBytes, formatMs, printData, printJson, table } from './output'
import { withBranches } from './overrides'
import { readInputs } from './run'

/** What would run, and why; which models, how much memory. Exit 6 when it cannot fit, 3 when the graph has errors. Loads nothing. */
export async function plan(
  argument: string,
  options: { input: string[]; inputs?: string; to: string[]; branches?: BranchesRun },
  globals: GlobalOptions,
): Promise<number> {
  return withApp(globals, async (app) => {
    const document = withBranches((await graphFromArgument(argument, app)).document, options)
    const inputs = await readInputs(document, options, app)
    const planned = await app.planRun({ document, inputs, options: options.to.length > 0 ? { to: options.to } : {} })
    if (globals.json) printJson(planned)
    else {
      printData(
        table([
          ['node', 'action', 'because'],
          ...planned.steps.map((step) => [document.nodes[step.node]?.title || step.node, step.action, step.reason]),
        ]),
      )
      if (planned.models.length > 0) {
        printData(
          `\n${table([['model', 'file', 'memory', 'for'], ...planned.models.map((model) => [model.name, formatBytes(model.sizeBytes), formatBytes(model.memoryBytes), model.nodes.join(', ')])])}`,
        )
      }
      const time = planned.estimatedMs === undefined ? '' : `, about ${formatMs(planned.estimatedMs)}`
      printData(
        `\npeak memory ${formatBytes(planned.peakBytes)} of ${formatBytes(planned.budgetBytes)}${time}${planned.fits ? '' : ': does not fit'}`,
      )
      if (planned.branches) printData(branchesLine(planned.branches))
      for (const issue of planned.issues) printData(`${issue.severity}: ${issue.message}`)
    }
    if (planned.issues.some((issue) => issue.severity === 'error')) return 3
    return planned.fits ? 0 : 6
  })
}

function branchesLine({ chosen, other }: NonNullable<RunPlan['branches']>): string {
  const peak = formatBytes(other.peakBytes)
  return chosen === 'beside'
    ? `branches run beside each other; one after the other (--branches sequence) they take ${peak}`
    : `branches run one after the other; beside each other (--branches beside) they take ${peak}`
}

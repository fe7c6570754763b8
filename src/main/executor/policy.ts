import { has } from '../../shared/graph/ids'
import type { UnitFailure } from './failure'
import { announceOutputs, hold, noOutputs, type Outputs } from './outputs'
import type { Step } from './prepare'
import type { Scope } from './scope'
import { emptyUsage } from './usage'

/** What a failed node gives: its defaults, its error on a wire, or nothing. Throws the error when the policy says `stop`, as it does by default. */
export function applyPolicy(scope: Scope, step: Step, path: string, { error, attempt }: UnitFailure): Outputs {
  const { run } = scope
  const { onError = 'stop', defaults = {} } = step.graphNode.policy ?? {}
  const report = error.toReport()
  run.log.state({ type: 'node.error', node: path, attempt, error: report, final: onError !== 'default' })

  switch (onError) {
    case 'stop':
      throw error
    case 'skip':
      run.log.state({ type: 'node.skipped', node: path, reason: 'failed, and its policy is to go on without it' })
      return noOutputs
    case 'wire': {
      const outputs = new Map([['error', hold(run, 'json', false, report, [])]])
      announceOutputs(run, path, outputs)
      return outputs
    }
    case 'default': {
      const ports = [...step.ports.outputs.values()].filter(({ name, origin }) => origin !== 'error' && has(defaults, name))
      const outputs = new Map(ports.map(({ name, wire, list }) => [name, hold(run, wire, list, defaults[name], [])]))
      run.log.state({ type: 'warn', node: path, message: `Its default is used, because it failed: ${error.message}` })
      announceOutputs(run, path, outputs)
      run.log.state({ type: 'node.end', node: path, ms: 0, usage: emptyUsage() })
      return outputs
    }
    default:
      return onError satisfies never
  }
}

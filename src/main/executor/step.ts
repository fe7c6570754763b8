import { TributaryError } from '../../shared/errors'
import type { Arrived } from './arguments'
import { runContainer } from './containers'
import { liftedPorts } from './gather'
import { runLifted } from './lift'
import { noOutputs, type Outputs } from './outputs'
import { isPinnedWhole, pinnedOn, pinOutputs } from './pins'
import { applyPolicy } from './policy'
import type { Step } from './prepare'
import { runUnit, takeStored } from './run-unit'
import type { Scope } from './scope'
import { andThen, type Soon } from './soon'
import type { Resolved, Unit, UnitResult } from './unit'

/** Runs one step with the values that came, and gives its outputs. Throws or rejects when the run stops, or with the error of a node whose policy is to stop. */
export function runStep(scope: Scope, step: Step, arrived: Arrived, known?: Resolved): Soon<Outputs> {
  const { run } = scope
  const path = `${scope.prefix}${step.node}`
  const unit = { scope, step, path, iteration: -1, arrived }
  if (scope.stop.signal.aborted) throw scope.stop.signal.reason

  if (step.isGiven) return takeEarlier(scope, step, path)
  if (step.spec.effect === 'writes-world' && run.options.preview) {
    run.log.state({ type: 'node.skipped', node: path, reason: 'changes the world, which a preview does not' })
    return noOutputs
  }

  const pins = pinnedOn(scope, step.node)
  if (pins && isPinnedWhole(step.outputs, pins)) return pinOutputs(run, step, path, pins, noOutputs)
  const result = andThen(pauseIfAsked(unit), () => runKind(unit, known))
  return andThen(result, (ended) => {
    const outputs = ended.status === 'done' ? ended.outputs : applyPolicy(scope, step, path, ended)
    return pins ? pinOutputs(run, step, path, pins, outputs) : outputs
  })
}

function pauseIfAsked({ scope, step, path, arrived }: Unit): Soon<void> {
  const { breaks, log, values } = scope.run
  const reason = breaks.reasonAt(scope.place, step, arrived, values)
  if (reason === undefined) return undefined
  log.state({ type: 'break.hit', node: path, reason })
  return breaks.wait(scope.stop, scope.place).then(() => log.state({ type: 'break.left', node: path }))
}

function runKind(unit: Parameters<typeof runUnit>[0], known: Resolved | undefined): Soon<UnitResult> {
  if (unit.step.spec.container !== undefined) return runContainer(unit)
  const lifted = liftedPorts(unit.step, unit.arrived)
  return lifted.length > 0 ? runLifted(unit, lifted) : runUnit(unit, known)
}

/** The values that the node gave in an earlier run. */
function takeEarlier(scope: Scope, step: Step, path: string): Outputs {
  const { run, outputs } = scope.run.earlier
  const refs = outputs.get(path)
  if (!refs)
    throw new TributaryError('input-missing', `The node "${path}" has no value from ${run === '' ? 'an earlier run' : `the run ${run}`}.`, {
      hint: 'Run it first, or run to the node that you want.',
      place: { node: path },
    })
  const unit = { scope, step, path, iteration: -1, arrived: new Map() }
  return takeStored(unit, '', refs, { fromRun: run, ageMs: 0, reason: `its value of run ${run}` }).outputs
}

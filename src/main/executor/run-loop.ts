import { TributaryError } from '../../shared/errors'
import { has } from '../../shared/graph/ids'
import { meet } from '../../shared/wire'
import { type Held, read } from './held'
import { noOutputs, type Outputs } from './outputs'
import { type Container, runInner } from './run-inner'

const defaultTimes = 3

/** Runs the inner body again and again: outputs that are called like inputs are the state of the next turn. Ends when `until` is true, or after `times`. */
export async function runLoop(container: Container): Promise<Outputs> {
  const { unit, prepared, inputs, params } = container
  const { scope, path } = unit
  const { run } = scope
  const times = typeof params.times === 'number' ? params.times : defaultTimes
  const until = typeof params.until === 'string' ? params.until.trim() : ''
  const { inputs: innerInputs, outputs: innerOutputs } = prepared.body.interface

  if (until !== '' && (!has(innerOutputs, until) || innerOutputs[until]?.type !== 'boolean'))
    throw new TributaryError('graph-invalid', `The loop ends on "${until}", which is not a yes-or-no output of the graph inside it.`, {
      hint: 'Name an output of kind boolean, or leave the field empty.',
      place: { port: 'until' },
    })
  const state = Object.keys(innerOutputs).filter((name) => has(innerInputs, name))
  for (const name of state) {
    const meeting = meet(innerOutputs[name]!.type, innerInputs[name]!.type)
    if (!meeting.ok)
      throw new TributaryError('graph-invalid', `The state "${name}" of the loop changes its kind: ${meeting.reason}.`, {
        place: { port: name },
      })
  }

  let current: ReadonlyMap<string, Held> = inputs
  let outputs: Outputs = noOutputs
  for (let turn = 0; turn < times; turn++) {
    run.log.state({ type: 'item.start', node: path, item: turn, of: times })
    outputs = await runInner(container, scope, String(turn), current)
    run.log.state({ type: 'item.end', node: path, item: turn, status: 'done' })
    const stop = until === '' ? undefined : outputs.get(until)
    if (stop && read(stop, run.values).data === true) return outputs
    const next = new Map(current)
    for (const name of state) {
      const held = outputs.get(name)
      if (held) next.set(name, held)
    }
    current = next
  }
  if (until !== '')
    run.log.state({ type: 'warn', node: path, message: `The loop ended after ${times} turns without "${until}" being true.` })
  return outputs
}

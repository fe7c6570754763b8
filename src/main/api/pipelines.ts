import { TributaryError } from '../../shared/errors'
import type { WireKind } from '../../shared/wire'
import type { RunHandle, RunRequest } from '../executor'
import type { House } from './house'

/** A stored graph that can stand for a model: a chat or text input, nothing else that must be given, and a text output. */
export interface Pipeline {
  readonly id: string
  readonly name: string
  readonly input: string
  readonly inputKind: Extract<WireKind, 'text' | 'messages'>
  readonly output: string
}

export function pipelinesOf(house: House): Pipeline[] {
  return house.store.graphs.list().flatMap(({ id, name }) => {
    const { inputs, outputs } = house.store.graphs.get(id).document.interface
    const needed = Object.entries(inputs).filter(([, input]) => input.required !== false && input.default === undefined)
    const output = Object.entries(outputs).find(([, { type, from }]) => type === 'text' && from !== undefined)
    const input = needed[0] ?? Object.entries(inputs).find(([, { type }]) => type === 'text' || type === 'messages')
    const kind = input?.[1].type
    if (needed.length > 1 || !input || !output || (kind !== 'text' && kind !== 'messages')) return []
    return [{ id, name, input: input[0], inputKind: kind, output: output[0] }]
  })
}

/** Runs the stored graph and waits for its text. A failed node is the caller's error. */
export async function runPipeline(
  house: House,
  start: (request: RunRequest) => Promise<RunHandle>,
  pipeline: Pipeline,
  inputs: Record<string, unknown>,
  call: { signal: AbortSignal; seed?: number },
): Promise<{ text: string; tokens: number }> {
  const { document } = house.store.graphs.get(pipeline.id)
  const handle = await start({ document, inputs, options: call.seed === undefined ? {} : { seed: call.seed } })
  const stop = () => handle.stop()
  call.signal.addEventListener('abort', stop)
  const outcome = await handle.done
  call.signal.removeEventListener('abort', stop)
  if (outcome.error) throw TributaryError.fromReport(outcome.error)
  const output = outcome.outputs[pipeline.output]
  if (!output) throw new TributaryError('node-failed', `The pipeline “${pipeline.name}” gave no text.`)
  return { text: String(house.store.values.get(output.sha).data), tokens: outcome.totals.tokens }
}

import { type InterfaceOutput, parseEndpoint } from '../../shared/graph/document'
import type { Json } from '../../shared/json'
import type { OutputState } from '../../shared/run/fold'
import { useOutput } from '../panels/OutputValue'
import { useDocument, useRun } from '../state/hooks'
import { nodeRun } from '../state/run'

/** An output of the graph in the run that is shown: its value, or the text that is being written. */
export interface GraphOutput {
  readonly declared: InterfaceOutput | undefined
  /** the node that gives it */
  readonly node: string | undefined
  readonly output: OutputState | undefined
  readonly value: Json | undefined
  readonly streaming: string | undefined
}

export function useGraphOutput(name: string): GraphOutput {
  const declared = useDocument((state) => state.document.interface.outputs[name])
  const source = parseEndpoint(declared?.from ?? '')
  const output = useRun((run) => (source ? nodeRun(run, source.node)?.outputs[source.port] : undefined))
  const streaming = useRun((run) => {
    const node = source ? nodeRun(run, source.node) : undefined
    return node?.phase === 'running' && node.text !== '' ? node.text : undefined
  })
  return { declared, node: source?.node, output, value: useOutput(output), streaming }
}

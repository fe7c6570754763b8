import { parseEndpoint } from '../../shared/graph/document'
import type { Json } from '../../shared/json'
import type { OutputState } from '../../shared/run/fold'
import { summarise } from '../viewers/preview'
import type { Compared } from './use-compared'

/** The value of an output of the graph in one run: it is that of the node's output which feeds it. */
export function outputOf({ document, state }: Compared, name: string): OutputState | undefined {
  const source = parseEndpoint(document.interface.outputs[name]?.from ?? '')
  return source ? state.nodes[source.node]?.outputs[source.port] : undefined
}

/** What a node gave that a person would read: its text, else its first output. */
export function mainOutput({ state }: Compared, node: string): OutputState | undefined {
  const outputs = Object.entries(state.nodes[node]?.outputs ?? {})
  return (outputs.find(([, { kind }]) => kind === 'text') ?? outputs[0])?.[1]
}

export const asText = (output: OutputState | undefined, data: Json | undefined): string =>
  output === undefined || data === undefined ? '' : output.kind === 'json' ? readable(data) : summarise(output.kind, output.list, data)

/** JSON as people compare it: a member a line, numbers to four digits, so that noise in the last digits is no difference. */
const readable = (data: Json): string =>
  JSON.stringify(data, (_, value) => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value), 1)

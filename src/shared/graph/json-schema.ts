import { z } from 'zod'
import { graphDocument } from './document'
import { graphLimits } from './limits'

/** The published JSON Schema (draft 2020-12) of a graph file, made from the very schemas that the loader uses. Members that have defaults may be left out. */
export function graphJsonSchema(): { readonly [key: string]: unknown } {
  const schema = z.toJSONSchema(graphDocument, { io: 'input', reused: 'ref' })
  return {
    ...schema,
    $id: 'urn:tributary:schema:graph:1',
    title: 'Tributary graph, version 1',
    description: `A graph of language models (*.trib.json). At most ${graphLimits.nodes} nodes, ${graphLimits.wires} wires and ${graphLimits.bytes} bytes. Unknown members are kept.`,
  }
}

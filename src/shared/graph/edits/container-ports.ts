import { formatEndpoint, type GraphBody, type GraphDocument, parseEndpoint } from '../document'
import { has } from '../ids'

/** Ports of a subgraph got new names: wires of every container that runs it follow, in all bodies. */
export function renameContainerPorts(
  document: GraphDocument,
  subgraph: string,
  side: 'inputs' | 'outputs',
  names: ReadonlyMap<string, string>,
): GraphDocument {
  const root = renameIn(document, subgraph, side, names)
  const subgraphs = Object.entries(document.subgraphs).map(([id, body]) => [id, renameIn(body, subgraph, side, names)] as const)
  const changed = subgraphs.some(([id, body]) => body !== document.subgraphs[id])
  if (root === document && !changed) return document
  return { ...root, subgraphs: changed ? Object.fromEntries(subgraphs) : document.subgraphs }
}

function renameIn<Body extends GraphBody>(
  body: Body,
  subgraph: string,
  side: 'inputs' | 'outputs',
  names: ReadonlyMap<string, string>,
): Body {
  const rename = (text: string): string => {
    const end = parseEndpoint(text)
    const node = end && has(body.nodes, end.node) ? body.nodes[end.node] : undefined
    const fresh = end && names.get(end.port)
    return end && fresh !== undefined && node?.subgraph === subgraph ? formatEndpoint({ ...end, port: fresh }) : text
  }
  const key = side === 'inputs' ? 'to' : 'from'
  const wires = body.wires.map((wire) => {
    const end = rename(wire[key])
    return end === wire[key] ? wire : { ...wire, [key]: end }
  })
  const outputs = Object.entries(body.interface.outputs).map(([name, output]) => {
    const from = side === 'outputs' && output.from !== undefined ? rename(output.from) : output.from
    return [name, from === output.from || from === undefined ? output : { ...output, from }] as const
  })
  const same =
    wires.every((wire, i) => wire === body.wires[i]) && outputs.every(([name, output]) => output === body.interface.outputs[name])
  return same ? body : { ...body, wires, interface: { ...body.interface, outputs: Object.fromEntries(outputs) } }
}

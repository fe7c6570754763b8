import { titleIn } from '../names'
import { type GraphBody, parseEndpoint } from './document'
import { has } from './ids'
import { nameNode } from './issue'
import type { NodeSpecs } from './specs'

/** One end of a wire as a person knows it: “base statistics” of “Merge” (m); the input “question”, for `@question`. What is no end is shown as it stands. */
export function nameEnd(text: string, side: 'inputs' | 'outputs', body: Pick<GraphBody, 'nodes'>, specs: NodeSpecs): string {
  const end = parseEndpoint(text)
  if (!end) return text.slice(0, 80)
  if (end.node.startsWith('@')) return `the input “${end.node.slice(1, 80)}”`
  if (end.node.startsWith('=')) return `the output “${end.node.slice(1, 80)}”`
  const node = has(body.nodes, end.node) ? body.nodes[end.node] : undefined
  const title = titleIn(node && specs.get(node.type), side, end.port)
  return `“${title.slice(0, 80)}” of ${nameNode(end.node.slice(0, 80), node)}`
}

import { useStore } from 'zustand'
import { parseEndpoint } from '../../shared/graph/document'
import { focusOn, type Path, scopeOf } from '../../shared/graph/focus'
import type { OutputState } from '../../shared/run/fold'
import { type DocumentState, shownPath } from '../state/document'
import { useDocument, useRun, useSession } from '../state/hooks'
import { itemOf, prefixOf } from '../state/items'
import { nodeRun, type RunView } from '../state/run'

/** What an input of an inner graph was given in the run that is shown. */
export interface Arrived {
  readonly output: OutputState
  /** of a list that a Map took apart: which item */
  readonly item?: number
}

/** The value at an input of the shown inner graph: of its outer wire, of the chosen item, or of the turn before. Undefined while none came. */
export function useArrived(name: string): Arrived | undefined {
  const session = useSession()
  const items = useStore(session.items)
  const path = useDocument(shownPath)
  const document = useDocument((state) => state.document)
  const text = useRun((run) => JSON.stringify(find(document, path, items, run, name)) ?? '')
  return text === '' ? undefined : (JSON.parse(text) as Arrived)
}

function find(
  document: DocumentState['document'],
  path: Path,
  items: Parameters<typeof prefixOf>[0],
  run: RunView,
  name: string,
): Arrived | undefined {
  const last = path.at(-1)
  if (!last) return undefined
  const outerPath = path.slice(0, -1)
  const outer = focusOn(document, scopeOf(outerPath))
  const prefix = prefixOf(items, run.state.nodes, outerPath)
  const item = itemOf(items, run.state.nodes, prefix + last.node)
  const state = item !== undefined && item > 0 ? focusOn(document, last.subgraph).interface.outputs[name]?.from : undefined
  const again = parseEndpoint(state ?? '')
  const before = again ? nodeRun(run, `${prefix}${last.node}/${(item ?? 0) - 1}/${again.node}`)?.outputs[again.port] : undefined
  if (before && isLoop(outer.nodes[last.node]?.type)) return { output: before }
  const from = outer.wires.find(({ to }) => to === `${last.node}.${name}`)?.from
  const start = parseEndpoint(from ?? '')
  if (!start) return undefined
  if (start.node.startsWith('@')) return find(document, outerPath, items, run, start.node.slice(1))
  const output = nodeRun(run, prefix + start.node)?.outputs[start.port]
  if (!output) return undefined
  return output.list && item !== undefined && !isLoop(outer.nodes[last.node]?.type) ? { output, item } : { output }
}

const isLoop = (type: string | undefined) => type === 'loop'

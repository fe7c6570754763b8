import { TributaryError } from '../../shared/errors'
import { type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import type { Issue } from '../../shared/graph/issue'
import { reach, topologyOf } from '../../shared/graph/topology'

/** Throws the first error among what the outputs need, so that a batch does not fail row by row; other problems do not matter to it. */
export function refuseProblems(document: GraphDocument, issues: readonly Issue[]): void {
  const sources = Object.values(document.interface.outputs).flatMap(({ from }) => parseEndpoint(from ?? '')?.node ?? [])
  const needed = reach(sources, topologyOf(document).sources)
  const error = issues.find(({ severity, node }) => severity === 'error' && (node === undefined || needed.has(node)))
  if (!error) return
  throw new TributaryError(error.code === 'model-missing' ? 'model-missing' : 'graph-invalid', asSentence(error.message), {
    hint: 'See the problems of the graph; each says how to put it right.',
    place: { ...(error.node === undefined ? {} : { node: error.node }), ...(error.port === undefined ? {} : { port: error.port }) },
  })
}

const asSentence = (message: string): string => {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}

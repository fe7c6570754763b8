import type { ErrorReport } from '../../shared/errors'
import { nodeAt } from '../../shared/graph/focus'
import { useApp, useCatalog, useDocument, useRun, useSession } from '../state/hooks'
import { makerOf } from '../state/maker-of'
import { showRunPath } from '../state/places'

/** Weights are computed where they are written; what is wrong with them is the doing of an earlier node: its name, and the way there. */
export function CausedBy({ error }: { error: ErrorReport }) {
  const app = useApp()
  const session = useSession()
  const path = useRun(({ state }) => (error.value === undefined ? undefined : makerOf(error.value, state.nodes)))
  const document = useDocument((state) => state.document)
  const specs = useCatalog((catalog) => catalog.specs)
  if (path === undefined) return null
  const at = nodeAt(document, path.replace(/\/\d+(?=\/)/g, ''))
  const node = at?.graph.nodes[at.node]
  if (!node) return null
  return (
    <p>
      The cause lies at{' '}
      <button type="button" className="link" onClick={() => showRunPath(app, session, path)}>
        {node.title || specs.get(node.type)?.title || path}
      </button>
      .
    </p>
  )
}

import { setTitle } from '../../shared/graph/edit'
import { familyOf } from '../canvas/family'
import { FamilyGlyph } from '../parts/FamilyGlyph'
import { seal } from '../state/document'
import { useCatalog, useSession, useShown } from '../state/hooks'
import { edit } from '../state/session'

/** Which node this is, whatever side of it is looked at. */
export function InspectHead({ id }: { id: string }) {
  const session = useSession()
  const node = useShown((graph) => graph.nodes[id])
  const spec = useCatalog((catalog) => (node ? catalog.specs.get(node.type) : undefined))
  if (!node) return null
  return (
    <header className="inspector-head" data-family={familyOf(spec)}>
      <span className="card-glyph">{spec ? <FamilyGlyph spec={spec} /> : null}</span>
      <div>
        <input
          className="title-input"
          aria-label="Title"
          placeholder={spec?.title ?? node.type}
          value={node.title ?? ''}
          onChange={(event) =>
            edit(session, 'Rename', (document) => setTitle(document, { node: id, title: event.target.value }), `${id}.title`)
          }
          onBlur={() => seal(session.document)}
        />
        <p className="faint">
          {spec ? spec.title : 'Unknown type'} · <span className="mono">{id}</span>
        </p>
      </div>
    </header>
  )
}

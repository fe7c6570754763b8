import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { removePort, renamePort, updatePort } from '../../shared/graph/edit'
import { type WireKind, wireKindNames, wireKinds } from '../../shared/wire'
import { seal } from '../state/document'
import { selectOnly } from '../state/flow'
import { useSession, useShown } from '../state/hooks'
import { edit, editWhole } from '../state/session'
import { PortValue } from './PortValue'

/** An input or output of the graph: its name, kind and description, as the command line and the form see it. */
export function InspectPort({ id }: { id: string }) {
  const session = useSession()
  const side = id.startsWith('@') ? 'inputs' : 'outputs'
  const name = id.slice(1)
  const port = useShown((graph) => graph.interface[side][name])
  const [wanted, setWanted] = useState(name)
  if (!port) return null
  const change = (changes: Parameters<typeof updatePort>[1]['changes'], typed?: string) =>
    edit(session, `Change ${name}`, (document) => updatePort(document, { side, name, changes }), typed ? `${id}.${typed}` : undefined)
  const rename = () => {
    if (wanted.trim() === '' || wanted === name) return setWanted(name)
    let given = name
    editWhole(session, 'Rename', (document, scope) => {
      const renamed = renamePort(document, { scope, side, name, to: wanted })
      given = renamed.name
      return renamed
    })
    selectOnly(session.flow, [`${id.charAt(0)}${given}`])
  }
  return (
    <div className="inspector-body">
      <h2 className="inspector-title">{side === 'inputs' ? 'Graph input' : 'Graph output'}</h2>
      {side === 'outputs' ? (
        <section className="port-value" aria-label={`Value of ${name}`}>
          <PortValue name={name} />
        </section>
      ) : null}
      <div className="param">
        <span className="param-name">Name</span>
        <input
          className="field mono"
          aria-label="Name"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          onBlur={rename}
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        />
        <p className="param-summary">
          {side === 'inputs' ? `tributary run … --input ${name}="…"` : 'The name under which programs read it.'}
        </p>
      </div>
      <div className="param">
        <span className="param-name">Kind</span>
        <select
          className="field"
          aria-label="Kind"
          value={port.type}
          onChange={(event) => change({ type: event.target.value as WireKind })}
        >
          {wireKindNames.map((kind) => (
            <option key={kind} value={kind}>
              {wireKinds[kind].title}
            </option>
          ))}
        </select>
      </div>
      <div className="param">
        <span className="param-name">Description</span>
        <input
          className="field"
          aria-label="Description"
          value={port.doc ?? ''}
          onChange={(event) => change({ doc: event.target.value === '' ? undefined : event.target.value }, 'doc')}
          onBlur={() => seal(session.document)}
        />
      </div>
      {side === 'inputs' ? (
        <label className="check-row">
          <input
            type="checkbox"
            checked={!('required' in port) || port.required !== false}
            onChange={(event) => change({ required: event.target.checked ? undefined : false })}
          />{' '}
          A run needs it
        </label>
      ) : null}
      <button
        type="button"
        className="btn danger"
        onClick={() => {
          edit(session, `Remove ${name}`, (document) => removePort(document, { side, name }))
          selectOnly(session.flow, [])
        }}
      >
        <Trash2 /> Remove
      </button>
    </div>
  )
}

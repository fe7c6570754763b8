import { useStore } from 'zustand'
import { setDescription, setName } from '../../shared/graph/edit'
import { nameModel, resolveModel } from '../../shared/graph/models'
import { wireKinds } from '../../shared/wire'
import { plural } from '../parts/format'
import { seal, shownPath } from '../state/document'
import { selectOnly } from '../state/flow'
import { useCatalog, useDocument, useSession, useShown } from '../state/hooks'
import { edit, inputValue } from '../state/session'
import { PortValue } from './PortValue'

/** The graph itself, while nothing is selected: name, description, what goes in and comes out, the models it names. */
export function InspectGraph() {
  const session = useSession()
  const document = useShown((graph) => graph)
  const library = useCatalog((catalog) => catalog.models)
  const inputs = Object.entries(document.interface.inputs)
  const outputs = Object.entries(document.interface.outputs)
  const isInner = useDocument((state) => shownPath(state).length > 0)
  return (
    <div className="inspector-body">
      <input
        className="title-input large"
        aria-label="Name of the graph"
        placeholder="Untitled"
        value={document.name}
        onChange={(event) => edit(session, 'Rename graph', (before) => setName(before, { name: event.target.value }), 'graph.name')}
        onBlur={() => seal(session.document)}
      />
      <textarea
        className="field grows"
        aria-label="Description"
        placeholder="What is this graph for?"
        rows={3}
        value={document.description ?? ''}
        onChange={(event) =>
          edit(session, 'Describe graph', (before) => setDescription(before, { description: event.target.value }), 'graph.description')
        }
        onBlur={() => seal(session.document)}
      />
      <p className="faint">{`${plural(Object.keys(document.nodes).length, 'node')}, ${plural(document.wires.length, 'wire')}`}</p>
      <h3 className="block-title">Inputs</h3>
      <ul className="plain-list">
        {inputs.map(([name, input]) => (
          <li key={name} data-family={wireKinds[input.type].family}>
            <i className="glyph" data-family={wireKinds[input.type].family} aria-hidden />
            <button type="button" className="link" onClick={() => selectOnly(session.flow, [`@${name}`])}>
              {name}
            </button>
            <span className="faint">{wireKinds[input.type].title}</span>
            {isInner ? null : <Given name={name} />}
          </li>
        ))}
        {inputs.length === 0 ? <li className="faint">none</li> : null}
      </ul>
      <h3 className="block-title">Outputs</h3>
      <ul className="plain-list">
        {outputs.map(([name, output]) => (
          <li key={name} data-family={wireKinds[output.type].family}>
            <i className="glyph" data-family={wireKinds[output.type].family} aria-hidden />
            <button type="button" className="link" onClick={() => selectOnly(session.flow, [`=${name}`])}>
              {name}
            </button>
            <span className="faint">{wireKinds[output.type].title}</span>
            <section
              className="port-value"
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a long value is scrolled by keys
              tabIndex={0}
              aria-label={`Value of ${name}`}
            >
              <PortValue name={name} />
            </section>
          </li>
        ))}
        {outputs.length === 0 ? <li className="faint">none: a run needs at least one</li> : null}
      </ul>
      <h3 className="block-title">Models</h3>
      <ul className="plain-list">
        {Object.entries(document.models).map(([alias, model]) => {
          const found = resolveModel(model, library)
          return (
            <li key={alias}>
              <span className="mono">{alias}</span>
              <span className="faint">{found?.name ?? nameModel(alias, model)}</span>
              {model.remote ? (
                <span className="chip">remote</span>
              ) : found && found.state === 'present' ? null : (
                <span className="chip warn">not here</span>
              )}
            </li>
          )
        })}
        {Object.keys(document.models).length === 0 ? <li className="faint">none</li> : null}
      </ul>
    </div>
  )
}

/** What the next run is given, where it is a text. */
function Given({ name }: { name: string }) {
  const session = useSession()
  const value = useStore(session.inputs, () => inputValue(session, name))
  return typeof value === 'string' && value !== '' ? <p className="port-value value-text clamped">{value}</p> : null
}

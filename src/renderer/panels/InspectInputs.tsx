import { Unplug } from 'lucide-react'
import { parseEndpoint } from '../../shared/graph/document'
import { disconnect } from '../../shared/graph/edit'
import { nameEnd } from '../../shared/graph/name-end'
import { titleIn } from '../../shared/names'
import { wireKinds } from '../../shared/wire'
import { outputAt } from '../canvas/flow-mapping'
import { Empty, Tip } from '../parts/parts'
import { selectOnly } from '../state/flow'
import { useCatalog, useNodeRun, useSession, useShown } from '../state/hooks'
import { edit } from '../state/session'
import { OutputValue } from './OutputValue'

/** What came in: every wire that ends here, with the value of the run that is shown. */
export function InspectInputs({ id }: { id: string }) {
  const document = useShown((graph) => graph)
  const wires = document.wires.filter((wire) => parseEndpoint(wire.to)?.node === id)
  if (wires.length === 0) return <Empty>No wire ends in this node.</Empty>
  return (
    <>
      {wires.map((wire) => (
        <IncomingWire key={`${wire.from}>${wire.to}`} from={wire.from} to={wire.to} />
      ))}
    </>
  )
}

function IncomingWire({ from, to }: { from: string; to: string }) {
  const session = useSession()
  const start = parseEndpoint(from)
  const specs = useCatalog((catalog) => catalog.specs)
  const kind = useShown((graph) => (start ? (outputAt(graph, specs, start.node, start.port)?.wire ?? 'any') : 'any'))
  const title = useShown((graph) => {
    const end = parseEndpoint(to)
    return titleIn(specs.get(graph.nodes[end?.node ?? '']?.type ?? ''), 'inputs', end?.port ?? '')
  })
  const source = useShown((graph) => nameEnd(from, 'outputs', graph, specs))
  const output = useNodeRun(start?.node)?.outputs[start?.port ?? '']
  const typed = start?.node.startsWith('@') ? session.inputs.getState().values[start.node.slice(1)] : undefined
  return (
    <section className="in-wire" data-family={wireKinds[kind].family}>
      <div className="param-head">
        <i className="glyph" data-family={wireKinds[kind].family} aria-hidden />
        <span className="param-name">{title}</span>
        <button type="button" className="link" onClick={() => selectOnly(session.flow, start ? [start.node] : [])}>
          {`from ${source}`}
        </button>
        <Tip text="Take this wire off">
          <button
            type="button"
            className="btn quiet icon small"
            aria-label={`Take off the wire from ${source}`}
            onClick={() => edit(session, 'Remove wire', (document) => disconnect(document, { wires: [{ from, to }] }))}
          >
            <Unplug />
          </button>
        </Tip>
      </div>
      {output && start ? (
        <OutputValue output={output} node={start.node} />
      ) : typed !== undefined ? (
        <div className="value-text">{String(typed)}</div>
      ) : (
        <p className="faint">No value yet.</p>
      )}
    </section>
  )
}

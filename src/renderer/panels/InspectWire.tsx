import { Trash2 } from 'lucide-react'
import { parseEndpoint } from '../../shared/graph/document'
import { disconnect } from '../../shared/graph/edit'
import { nameEnd } from '../../shared/graph/name-end'
import { wireKinds } from '../../shared/wire'
import { formatBytes } from '../parts/format'
import { useCatalog, useFlow, useNodeRun, useSession, useShown } from '../state/hooks'
import { edit } from '../state/session'
import { OutputValue } from './OutputValue'
import { WireBreakField } from './WireBreakField'

/** A wire: its ends, its kind, and what flowed through it. */
export function InspectWire({ id }: { id: string }) {
  const session = useSession()
  const wire = useFlow((flow) => flow.wires.find((candidate) => candidate.id === id)?.data)
  const start = parseEndpoint(wire?.from ?? '')
  const output = useNodeRun(start?.node)?.outputs[start?.port ?? '']
  const specs = useCatalog((catalog) => catalog.specs)
  const graph = useShown((shown) => shown)
  if (!wire) return null
  const { from, to, kind, family } = wire
  const ends = { from: nameEnd(from, 'outputs', graph, specs), to: nameEnd(to, 'inputs', graph, specs) }
  return (
    <div className="inspector-body" data-family={family}>
      <h2 className="inspector-title">
        <i className="glyph" data-family={family} aria-hidden /> {`${wireKinds[kind].title} wire`}
      </h2>
      <p className="inspector-summary">{`Carries ${wireKinds[kind].summary}.`}</p>
      <dl className="facts">
        <div>
          <dt>From</dt>
          <dd>{ends.from}</dd>
        </div>
        <div>
          <dt>To</dt>
          <dd>{ends.to}</dd>
        </div>
        {output ? (
          <div>
            <dt>Size</dt>
            <dd>{formatBytes(output.sizeBytes)}</dd>
          </div>
        ) : null}
      </dl>
      {to.startsWith('=') ? null : <WireBreakField from={from} to={to} />}
      <button
        type="button"
        className="btn danger"
        onClick={() => edit(session, 'Remove wire', (document) => disconnect(document, { wires: [{ from, to }] }))}
      >
        <Trash2 /> Remove the wire
      </button>
      {output && start ? <OutputValue output={output} node={start.node} /> : <p className="faint">No value has flowed here yet.</p>}
    </div>
  )
}

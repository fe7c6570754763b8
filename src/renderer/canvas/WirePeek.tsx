import { parseEndpoint } from '../../shared/graph/document'
import { wireKinds } from '../../shared/wire'
import { formatAgo, formatBytes } from '../parts/format'
import { useFlow, useNodeRun, useView } from '../state/hooks'
import { summarise } from '../viewers/preview'

const longest = 420

/** What flows in the wire under the resting pointer: its kind, and the value of the run that is shown, with its size and age. */
export function WirePeek() {
  const peek = useView((view) => view.peek)
  const wire = useFlow((flow) => (peek ? flow.wires.find((candidate) => candidate.id === peek.wire)?.data : undefined))
  const start = parseEndpoint(wire?.from ?? '')
  const source = useNodeRun(start?.node)
  if (!peek || !wire) return null
  const output = start ? source?.outputs[start.port] : undefined
  const text = output ? summarise(output.kind, output.list, output.preview) : ''
  const facts = [
    `${wireKinds[wire.kind].title}${wire.list ? ', a list' : ''}`,
    output ? formatBytes(output.sizeBytes) : 'nothing has flowed yet',
    source?.cached ? `made ${formatAgo(Date.now() - source.cached.ageMs, Date.now())}` : '',
  ]
  const place = { left: Math.min(peek.screen.x + 14, window.innerWidth - 330), top: Math.min(peek.screen.y + 14, window.innerHeight - 190) }
  return (
    <div className="wire-peek" role="tooltip" style={place} data-family={wire.family} data-testid="wire-peek">
      <p className="value-kicker">
        <i className="glyph" data-family={wire.family} aria-hidden />
        {facts.filter(Boolean).join(' · ')}
      </p>
      {text ? <p className="peek-text">{text.length > longest ? `${text.slice(0, longest)}…` : text}</p> : null}
    </div>
  )
}

import { parseEndpoint } from '../../shared/graph/document'
import { wirePath } from './wire-path'
import type { WirePlace } from './wire-places'

/** Wires from afar: all that look alike are one line of the page, so that five hundred cost what five do. Pure. */
export interface Strand {
  readonly key: string
  readonly className: string
  readonly family: string
  readonly list: boolean
  readonly line: string
}

/** `running`: ids of the nodes at work; their wires are drawn stronger. */
export function strandsOf(places: readonly WirePlace[], running: ReadonlySet<string>): Strand[] {
  const strands = new Map<string, { strand: Omit<Strand, 'line'>; lines: string[] }>()
  for (const { wire, start, end } of places) {
    const { data } = wire
    if (!data) continue
    const className = `wire kind-${data.kind}${data.broken ? ' is-broken' : ''}${running.has(parseEndpoint(data.from)?.node ?? '') ? ' is-running' : ''}`
    const key = `${className} ${data.family}${data.list ? ' list' : ''}`
    const known = strands.get(key) ?? { strand: { key, className, family: data.family, list: data.list }, lines: [] }
    strands.set(key, known)
    known.lines.push(wirePath(start, data.layout?.points ?? [], end))
  }
  return [...strands.values()].map(({ strand, lines }) => ({ ...strand, line: lines.join('') }))
}

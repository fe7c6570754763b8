import { portTitle } from '../../shared/names'
import { type WireKind, wireKinds } from '../../shared/wire'

/** What a node kind or a published subgraph takes and gives. */
export interface PortKinds {
  readonly inputs: { readonly [name: string]: WireKind | { readonly wire: WireKind; readonly title?: string } }
  readonly outputs: { readonly [name: string]: WireKind | { readonly wire: WireKind; readonly title?: string } }
}

/** What goes in and what comes out, as a row of the ports' own shapes. */
export function PortGlyphs({ spec }: { spec: PortKinds }) {
  const inputs = kindsOf(spec.inputs)
  const outputs = kindsOf(spec.outputs)
  const told = `takes ${inputs.map(([name, kind]) => `${name} (${kind.title})`).join(', ') || 'nothing'}; gives ${outputs.map(([name, kind]) => `${name} (${kind.title})`).join(', ') || 'nothing'}`
  return (
    <span className="glyphs" role="img" aria-label={told} title={told}>
      {inputs.map(([name, { family }]) => (
        <i key={name} className="glyph" data-family={family} />
      ))}
      <b aria-hidden>→</b>
      {outputs.map(([name, { family }]) => (
        <i key={name} className="glyph" data-family={family} />
      ))}
    </span>
  )
}

const kindsOf = (ports: PortKinds['inputs']) =>
  Object.entries(ports).map(
    ([name, port]) =>
      [typeof port === 'string' ? name : portTitle(name, port), wireKinds[typeof port === 'string' ? port : port.wire]] as const,
  )

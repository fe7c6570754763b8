import type { NodeSpec } from '../../shared/node-spec'
import { wireKinds } from '../../shared/wire'

/** What goes in and what comes out, as a row of the ports' own shapes. */
export function PortGlyphs({ spec }: { spec: NodeSpec }) {
  const inputs = Object.entries(spec.inputs)
  const outputs = Object.entries(spec.outputs)
  const told = `takes ${inputs.map(([name, port]) => `${name} (${wireKinds[port.wire].title})`).join(', ') || 'nothing'}; gives ${outputs.map(([name, port]) => `${name} (${wireKinds[port.wire].title})`).join(', ') || 'nothing'}`
  return (
    <span className="glyphs" role="img" aria-label={told} title={told}>
      {inputs.map(([name, port]) => (
        <i key={name} className="glyph" data-family={wireKinds[port.wire].family} />
      ))}
      <b aria-hidden>→</b>
      {outputs.map(([name, port]) => (
        <i key={name} className="glyph" data-family={wireKinds[port.wire].family} />
      ))}
    </span>
  )
}

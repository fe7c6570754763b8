import type { Json } from '../../shared/json'
import type { WireKind } from '../../shared/wire'
import { Switch } from '../parts/parts'
import { JsonField } from './ParamField'

/** A field for a value of an input of the graph, by its kind. */
export function ValueField({
  kind,
  value,
  label,
  onChange,
}: {
  kind: WireKind
  value: Json | undefined
  label: string
  onChange(next: Json | undefined): void
}) {
  if (kind === 'boolean') return <Switch checked={value === true} label={label} onChange={onChange} />
  if (kind === 'number')
    return (
      <input
        className="field number"
        inputMode="decimal"
        aria-label={label}
        defaultValue={value === undefined ? '' : String(value)}
        onChange={(event) => {
          const text = event.target.value.trim()
          const number = Number(text)
          if (text === '') onChange(undefined)
          else if (Number.isFinite(number)) onChange(number)
        }}
      />
    )
  if (kind === 'text' || kind === 'messages' || kind === 'any') {
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
    return (
      <textarea
        className="field"
        aria-label={label}
        placeholder="Type here…"
        rows={Math.max(2, Math.min(8, text.split('\n').length + Math.floor(text.length / 40)))}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    )
  }
  return <JsonField label={label} value={value} readOnly={false} onType={onChange} onLeave={() => undefined} />
}

import { Upload } from 'lucide-react'
import { useRef } from 'react'
import type { InterfaceInput } from '../../shared/graph/document'
import { isJsonObject, type Json } from '../../shared/json'
import { JsonField } from '../panels/ParamField'
import { formatNumber, plural } from '../parts/format'
import { Switch } from '../parts/parts'

interface FieldProps {
  readonly id: string
  readonly label: string
  readonly input: InterfaceInput
  readonly value: Json | undefined
  readonly isFirst: boolean
  readonly describedBy: string | undefined
  onChange(next: Json | undefined): void
}

/** The field of one input, by its kind, with what the interface says of it: bounds, example, default. */
export function FormField(props: FieldProps) {
  switch (props.input.type) {
    case 'text':
    case 'messages':
    case 'any':
      return <TextField {...props} />
    case 'number':
      return <NumberField {...props} />
    case 'boolean':
      return <Switch checked={props.value === true} label={props.label} onChange={props.onChange} />
    case 'documents':
      return <DocumentsField {...props} />
    default:
      return <JsonField label={props.label} value={props.value} readOnly={false} onType={props.onChange} onLeave={() => undefined} />
  }
}

function TextField({ id, input, value, isFirst, describedBy, onChange }: FieldProps) {
  const text = typeof value === 'string' ? value : textOfMessages(value)
  const example = typeof input.example === 'string' ? input.example : undefined
  return (
    <textarea
      id={id}
      className="field form-text"
      aria-describedby={describedBy}
      // biome-ignore lint/a11y/noAutofocus: a form alone on the page is there to be typed into
      autoFocus={isFirst}
      placeholder={example === undefined ? 'Type here…' : `For example: ${example}`}
      rows={Math.max(2, Math.min(12, text.split('\n').length + Math.floor(text.length / 60)))}
      value={text}
      onChange={(event) => onChange(input.type === 'messages' ? [{ role: 'user', content: event.target.value }] : event.target.value)}
    />
  )
}

function textOfMessages(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  const last = Array.isArray(value) ? (value as readonly Json[]).at(-1) : undefined
  return isJsonObject(last) && typeof last.content === 'string' ? last.content : JSON.stringify(value)
}

function NumberField({ id, input, value, describedBy, onChange }: FieldProps) {
  const { min, max } = input
  const number = typeof value === 'number' ? value : undefined
  const step = min !== undefined && max !== undefined && max - min <= 2 ? 0.01 : 'any'
  return (
    <div className="form-number">
      {min !== undefined && max !== undefined ? (
        <input
          type="range"
          min={min}
          max={max}
          step={step === 'any' ? 1 : step}
          value={number ?? min}
          aria-label={`${formatNumber(min)} to ${formatNumber(max)}`}
          onChange={(event) => onChange(Number(event.target.value))}
        />
      ) : null}
      <input
        id={id}
        className="field number"
        type="number"
        step={step}
        min={min}
        max={max}
        aria-describedby={describedBy}
        value={number ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? undefined : Number(event.target.value))}
      />
    </div>
  )
}

/** Text files, or a text that is typed in; what other kinds of files hold is read by a node *Documents* of the graph. */
function DocumentsField({ id, value, describedBy, onChange }: FieldProps) {
  const chooser = useRef<HTMLInputElement>(null)
  const items = Array.isArray(value) ? (value as readonly Json[]) : []
  const typed = items.length === 1 && isJsonObject(items[0]) && items[0].id === 'typed' ? String(items[0].text) : ''
  const take = async (files: FileList | null) => {
    const texts = await Promise.all([...(files ?? [])].map(async (file) => ({ id: file.name, title: file.name, text: await file.text() })))
    if (texts.length > 0) onChange(texts)
  }
  return (
    <div className="form-documents">
      <textarea
        id={id}
        className="field form-text"
        aria-describedby={describedBy}
        placeholder={items.length > 0 && typed === '' ? plural(items.length, 'document') : 'Paste a text, or choose text files…'}
        rows={3}
        value={typed}
        onChange={(event) =>
          onChange(event.target.value === '' ? undefined : [{ id: 'typed', title: 'Typed text', text: event.target.value }])
        }
      />
      <button type="button" className="btn small" onClick={() => chooser.current?.click()}>
        <Upload /> Choose text files
      </button>
      <input
        ref={chooser}
        type="file"
        hidden
        multiple
        accept=".txt,.md,.markdown,.text"
        onChange={(event) => void take(event.target.files)}
      />
    </div>
  )
}

import { memo, type ReactElement, useEffect, useState } from 'react'
import type { Json } from '../../shared/json'
import { paramTitle } from '../../shared/names'
import type { ParamSpec } from '../../shared/node-spec'
import type { PerWire } from '../../shared/per-wire'
import { formatNumber } from '../parts/format'
import { Switch } from '../parts/parts'
import { seal } from '../state/document'
import { editParam } from '../state/editing'
import { useDocument, useSession } from '../state/hooks'
import { ModelField } from './ModelField'
import { PerWireField } from './PerWireField'
import { ResourceField } from './ResourceField'

export interface ParamFieldProps {
  readonly node: string
  readonly name: string
  readonly param: ParamSpec
  readonly value: unknown
  /** on a card: one line, no slider */
  readonly compact?: boolean
  /** where what is typed goes; absent: to the param itself */
  readonly write?: (next: Json | undefined, isTyping: boolean) => void
  readonly leave?: () => void
  /** absent: the param's title */
  readonly label?: string
}

/** A param's field, drawn from its spec. What is typed reaches the document at once; leaving the field ends the step of the history. */
export const ParamField = memo(function ParamField(props: ParamFieldProps) {
  const session = useSession()
  const readOnly = useDocument((state) => state.readOnly)
  const { node, name, param, value } = props
  const write = props.write ?? ((next, isTyping) => editParam(session, node, name, next, isTyping))
  const type = (next: Json | undefined) => write(next, true)
  const set = (next: Json | undefined) => write(next, false)
  const leave = props.leave ?? (() => seal(session.document))
  const label = props.label ?? paramTitle(name, param)
  const perWire = (per: PerWire | undefined, raw: ReactElement) =>
    per ? (
      <PerWireField
        node={node}
        label={label}
        per={per}
        value={value as Json}
        readOnly={readOnly}
        compact={props.compact ?? false}
        raw={raw}
        onType={type}
        onLeave={leave}
      />
    ) : (
      raw
    )
  switch (param.kind) {
    case 'text': {
      const raw = (
        <TextField
          label={label}
          value={typeof value === 'string' ? value : ''}
          multiline={param.multiline ?? false}
          placeholder={param.placeholder}
          compact={props.compact ?? false}
          readOnly={readOnly}
          onType={type}
          onLeave={leave}
        />
      )
      return perWire(param.perWire, raw)
    }
    case 'number':
      return <NumberField {...props} param={param} label={label} readOnly={readOnly} onType={type} onLeave={leave} />
    case 'boolean':
      return <Switch checked={value === true} label={label} disabled={readOnly} onChange={set} />
    case 'choice':
      return (
        <select
          className="field"
          aria-label={label}
          disabled={readOnly}
          value={String(value)}
          title={param.options.find((option) => option.value === value)?.summary}
          onChange={(event) => set(event.target.value)}
        >
          {param.options.some((option) => option.value === value) ? null : (
            <option value={String(value)}>{`${String(value)} (not offered)`}</option>
          )}
          {param.options.map((option) => (
            <option key={option.value} value={option.value} title={option.summary}>
              {option.title}
            </option>
          ))}
        </select>
      )
    case 'model':
      return <ModelField node={node} name={name} needs={param.needs} optional={param.optional ?? false} value={value} label={label} />
    case 'resource':
      return <ResourceField node={node} name={name} accepts={param.accepts} optional={param.optional} value={value} label={label} />
    case 'json':
      return perWire(param.perWire, <JsonField label={label} value={value as Json} readOnly={readOnly} onType={type} onLeave={leave} />)
    default:
      return param satisfies never
  }
})

interface Typed {
  readonly label: string
  readonly readOnly: boolean
  onType(next: Json | undefined): void
  onLeave(): void
}

function TextField({
  label,
  value,
  multiline,
  placeholder,
  compact,
  readOnly,
  onType,
  onLeave,
}: Typed & { value: string; multiline: boolean; placeholder?: string | undefined; compact: boolean }) {
  const common = { className: 'field', 'aria-label': label, value, placeholder, readOnly, onBlur: onLeave, spellCheck: false }
  if (!multiline) return <input {...common} onChange={(event) => onType(event.target.value)} />
  const lines = value.split('\n').length + value.length / 38
  const rows = Math.max(2, Math.min(compact ? 5 : 14, Math.ceil(lines)))
  return <textarea {...common} rows={rows} onChange={(event) => onType(event.target.value)} />
}

type NumberSpec = Extract<ParamSpec, { kind: 'number' }>

/** Anything may be typed; only a number within bounds reaches the document, and the field says so otherwise. */
function NumberField({
  param,
  value,
  label,
  compact,
  readOnly,
  onType,
  onLeave,
}: Typed & Pick<ParamFieldProps, 'value' | 'compact'> & { param: NumberSpec }) {
  const shown = typeof value === 'number' ? String(value) : ''
  const [text, setText] = useState(shown)
  useEffect(() => setText((typed) => (Number(typed) === value && typed.trim() !== '' ? typed : shown)), [shown, value])
  const problem = problemOf(text, param)
  const step = param.step ?? (param.integer ? 1 : stepFor(param))
  const hasSlider = !compact && param.min !== undefined && param.max !== undefined && param.max - param.min <= 4096
  return (
    <div className="number-field">
      {hasSlider ? (
        <input
          type="range"
          aria-label={`${label}, slider`}
          min={param.min}
          max={param.max}
          step={step}
          disabled={readOnly}
          value={typeof value === 'number' ? value : param.default}
          onChange={(event) => onType(Number(event.target.value))}
          onPointerUp={onLeave}
          onBlur={onLeave}
        />
      ) : null}
      <input
        className="field number"
        inputMode="decimal"
        aria-label={label}
        aria-invalid={problem !== undefined}
        title={problem ?? boundsOf(param)}
        readOnly={readOnly}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          if (problemOf(event.target.value, param) === undefined) onType(Number(event.target.value))
        }}
        onBlur={() => {
          setText(shown)
          onLeave()
        }}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
          event.preventDefault()
          const next = (typeof value === 'number' ? value : param.default) + (event.key === 'ArrowUp' ? step : -step)
          onType(Number(Math.min(param.max ?? next, Math.max(param.min ?? next, next)).toPrecision(12)))
        }}
      />
      {param.unit && !compact ? <span className="unit">{param.unit}</span> : null}
    </div>
  )
}

function problemOf(text: string, { min, max, integer }: NumberSpec): string | undefined {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) return 'This is not a number.'
  if (integer && !Number.isInteger(value)) return 'This must be a whole number.'
  if (min !== undefined && value < min) return `This must be at least ${formatNumber(min)}.`
  if (max !== undefined && value > max) return `This must be at most ${formatNumber(max)}.`
  return undefined
}

const boundsOf = ({ min, max }: NumberSpec) =>
  min !== undefined && max !== undefined
    ? `${formatNumber(min)} to ${formatNumber(max)}`
    : min !== undefined
      ? `at least ${formatNumber(min)}`
      : max !== undefined
        ? `at most ${formatNumber(max)}`
        : undefined

const stepFor = ({ min = 0, max = 1 }: NumberSpec) => 10 ** Math.floor(Math.log10(Math.max(1e-6, (max - min) / 50)))

export function JsonField({ label, value, readOnly, onType, onLeave }: Typed & { value: Json | undefined }) {
  const shown = JSON.stringify(value ?? null, null, 2)
  const [text, setText] = useState(shown)
  const [broken, setBroken] = useState(false)
  useEffect(() => {
    setText(shown)
    setBroken(false)
  }, [shown])
  return (
    <textarea
      className="field mono"
      aria-label={label}
      aria-invalid={broken}
      title={broken ? 'This is not JSON yet.' : undefined}
      readOnly={readOnly}
      rows={Math.min(12, text.split('\n').length + 1)}
      value={text}
      spellCheck={false}
      onChange={(event) => {
        setText(event.target.value)
        try {
          onType(JSON.parse(event.target.value) as Json)
          setBroken(false)
        } catch {
          setBroken(true)
        }
      }}
      onBlur={onLeave}
    />
  )
}

import { type ReactNode, useState } from 'react'
import type { Json } from '../../shared/json'
import { type PerWire, perWireNumbers, withNumber } from '../../shared/per-wire'
import { wireSources } from '../canvas/wire-sources'
import { useCatalog, useShown } from '../state/hooks'

export interface PerWireFieldProps {
  readonly node: string
  readonly label: string
  readonly per: PerWire
  readonly value: Json
  readonly readOnly: boolean
  /** on a card: side by side, without names */
  readonly compact: boolean
  /** the field of the list as it is written, for what is no plain list of numbers */
  readonly raw: ReactNode
  onType(next: Json): void
  onLeave(): void
}

/** A number for each wire of a port, by the name of the node that the wire comes from. An emptied field gives all back to the default. */
export function PerWireField({ node, label, per, value, readOnly, compact, raw, onType, onLeave }: PerWireFieldProps) {
  const specs = useCatalog((catalog) => catalog.specs)
  const names = useShown((graph) => wireSources(graph, specs, node, per.port).join('\n'))
    .split('\n')
    .filter(Boolean)
  const numbers = perWireNumbers(value, names.length)
  if (names.length === 0 || numbers === undefined || (compact && names.length > shownOnCard)) return raw
  return (
    <div className={compact ? 'per-wire is-compact' : 'per-wire'}>
      {names.map((name, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a wire is known by its place among the wires of the port
        <div key={index} className="per-wire-row" title={compact ? name : undefined}>
          {compact ? null : <span className="per-wire-name">{name}</span>}
          <OneNumber
            label={`${label} of ${name}`}
            value={numbers[index]}
            empty={per.empty}
            readOnly={readOnly}
            onType={(next) => onType(withNumber(value, names.length, index, next, per))}
            onLeave={onLeave}
          />
        </div>
      ))}
      {numbers.length > names.length ? (
        <p className="faint">{`The list holds ${numbers.length} numbers for ${names.length} wires.`}</p>
      ) : null}
    </div>
  )
}

/** as many as fit beside each other */
const shownOnCard = 4

interface OneNumberProps {
  readonly label: string
  readonly value: number | undefined
  readonly empty: string
  readonly readOnly: boolean
  onType(next: number | undefined): void
  onLeave(): void
}

function OneNumber({ label, value, empty, readOnly, onType, onLeave }: OneNumberProps) {
  const [typed, setTyped] = useState<string>()
  const isSlip = typed !== undefined && typed.trim() !== '' && !Number.isFinite(Number(typed))
  return (
    <input
      className="field number"
      inputMode="decimal"
      aria-label={label}
      aria-invalid={isSlip}
      title={isSlip ? 'This is not a number.' : undefined}
      placeholder={empty}
      readOnly={readOnly}
      value={typed ?? (value === undefined ? '' : String(Number(value.toPrecision(6))))}
      onChange={(event) => {
        const text = event.target.value
        setTyped(text)
        if (text.trim() === '') onType(undefined)
        else if (Number.isFinite(Number(text))) onType(Number(text))
      }}
      onBlur={() => {
        setTyped(undefined)
        onLeave()
      }}
    />
  )
}

import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { BatchVariant } from '../../shared/batch/definition'
import type { Json } from '../../shared/json'
import { JsonField } from '../panels/ParamField'
import { useCatalog } from '../state/hooks'
import { RemoveButton } from './Buttons'
import { placesOf, type Settable, settingOf, withSetting } from './setup'

/** Variants side by side: a column each, a line for everything that any of them sets. The first is the one that others are tested against. */
export function VariantRows({
  variants,
  settables,
  onChange,
}: {
  variants: readonly BatchVariant[]
  settables: readonly Settable[]
  onChange(next: BatchVariant[]): void
}) {
  const [added, setAdded] = useState<readonly string[]>([])
  const places = [...new Set([...placesOf(variants), ...added])]
  const change = (at: number, next: BatchVariant) => onChange(variants.map((variant, i) => (i === at ? next : variant)))
  const drop = (place: string) => {
    setAdded(added.filter((other) => other !== place))
    onChange(variants.map((variant) => withSetting(variant, place, undefined)))
  }
  return (
    <div className="variant-table-frame">
      <table className="variant-table">
        <thead>
          <tr>
            <th scope="col">Setting</th>
            {variants.map((variant, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a variant is known by its place while its name is being written
              <th scope="col" key={at}>
                <span className="variant-head">
                  <input
                    className="field"
                    aria-label={`Name of variant ${at + 1}`}
                    value={variant.name}
                    maxLength={60}
                    onChange={(event) => change(at, { ...variant, name: event.target.value })}
                  />
                  {at === 0 ? null : (
                    <RemoveButton label={`Remove variant ${variant.name}`} onClick={() => onChange(variants.filter((_, i) => i !== at))} />
                  )}
                </span>
              </th>
            ))}
            <th aria-label="Remove" />
          </tr>
        </thead>
        <tbody>
          {places.map((place) => {
            const settable = settables.find((candidate) => candidate.place === place)
            return (
              <tr key={place}>
                <th scope="row">{settable?.label ?? place}</th>
                {variants.map((variant, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above
                  <td key={at}>
                    <SettingField
                      settable={settable}
                      label={`${settable?.label ?? place} in ${variant.name}`}
                      value={settingOf(variant, place) ?? settable?.value}
                      onChange={(value) => change(at, withSetting(variant, place, value))}
                    />
                  </td>
                ))}
                <td>
                  <RemoveButton label={`Leave ${settable?.label ?? place} as it is`} onClick={() => drop(place)} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <label className="add-setting">
        <Plus aria-hidden />
        <select
          className="field"
          aria-label="Set something otherwise"
          data-testid="add-setting"
          value=""
          onChange={(event) => setAdded([...added, event.target.value])}
        >
          <option value="">Set something otherwise…</option>
          {settables
            .filter(({ place }) => !places.includes(place))
            .map(({ place, label }) => (
              <option key={place} value={place}>
                {label}
              </option>
            ))}
        </select>
      </label>
    </div>
  )
}

function SettingField({
  settable,
  label,
  value,
  onChange,
}: {
  settable: Settable | undefined
  label: string
  value: Json | undefined
  onChange(next: Json | undefined): void
}) {
  const models = useCatalog((catalog) => catalog.models)
  switch (settable?.kind) {
    case 'number':
      return (
        <input
          className="field number"
          type="number"
          step="any"
          aria-label={label}
          value={typeof value === 'number' ? value : ''}
          onChange={(event) => onChange(event.target.value === '' ? undefined : Number(event.target.value))}
        />
      )
    case 'boolean':
      return (
        <select
          className="field"
          aria-label={label}
          value={String(value === true)}
          onChange={(event) => onChange(event.target.value === 'true')}
        >
          <option value="true">yes</option>
          <option value="false">no</option>
        </select>
      )
    case 'choice':
      return (
        <select className="field" aria-label={label} value={String(value)} onChange={(event) => onChange(event.target.value)}>
          {settable.options?.map((option) => (
            <option key={option.value} value={option.value}>
              {option.title}
            </option>
          ))}
        </select>
      )
    case 'text':
      return (
        <textarea
          className="field"
          rows={2}
          aria-label={label}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value)}
        />
      )
    case 'model':
      return (
        <select className="field" aria-label={label} value={String(value)} onChange={(event) => onChange(event.target.value)}>
          {models
            .filter(({ state, sha256, catalog }) => state === 'present' && (sha256 ?? catalog) !== undefined)
            .map((card) => (
              <option key={card.sha256 ?? card.catalog} value={card.catalog ?? card.sha256}>
                {card.name}
              </option>
            ))}
        </select>
      )
    default:
      return isShort(value) ? (
        <JsonLine label={label} value={value} onChange={onChange} />
      ) : (
        <JsonField label={label} value={value} readOnly={false} onType={onChange} onLeave={() => undefined} />
      )
  }
}

const isShort = (value: Json | undefined): boolean => JSON.stringify(value ?? null).length < 60

/** A short value on one line; it counts as soon as it can be read. */
function JsonLine({ label, value, onChange }: { label: string; value: Json | undefined; onChange(next: Json | undefined): void }) {
  const [text, setText] = useState(JSON.stringify(value ?? null))
  const parsed = parse(text)
  return (
    <input
      className="field mono"
      aria-label={label}
      aria-invalid={parsed === undefined}
      value={text}
      spellCheck={false}
      onChange={(event) => {
        setText(event.target.value)
        const next = parse(event.target.value)
        if (next !== undefined) onChange(next)
      }}
    />
  )
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

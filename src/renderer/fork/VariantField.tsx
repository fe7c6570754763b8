import { aliasValue } from '../../shared/graph/models'
import type { Json } from '../../shared/json'
import type { ParamSpec } from '../../shared/node-spec'
import { ParamField } from '../panels/ParamField'
import { useDocument } from '../state/hooks'

/** The value of one variant. A model is chosen among those that the graph names. */
export function VariantField({
  node,
  name,
  param,
  value,
  label,
  write,
  leave,
}: {
  node: string
  name: string
  param: ParamSpec
  value: Json
  label: string
  write(next: Json | undefined, isTyping: boolean): void
  leave(): void
}) {
  const models = useDocument((state) => state.document.models)
  if (param.kind !== 'model') return <ParamField {...{ node, name, param, value, label, write, leave }} compact />
  return (
    <select className="field" aria-label={label} value={String(value)} onChange={(event) => write(event.target.value, false)}>
      {Object.entries(models).map(([alias, model]) => (
        <option key={alias} value={aliasValue(alias)}>
          {model.hint ?? model.catalog ?? alias}
        </option>
      ))}
    </select>
  )
}

import type { Issue } from '../../../shared/graph/issue'
import { isJsonObject, type Json } from '../../../shared/json'

export const unsupported = (message: string): Issue => ({ code: 'import-unsupported', severity: 'warning', message })

/** `owner/name`, `owner/name@revision`, `model+adapter`, or the long form of the same. */
export function modelName(given: Json): string {
  if (typeof given === 'string') return given
  if (!isJsonObject(given)) return String(given)
  const path = isJsonObject(given.model) ? given.model : given
  const name = String(path.path ?? path.model ?? '')
  return given.lora == null ? name : `${name}+${modelName(isJsonObject(given.lora) ? (given.lora.path as Json) : (given.lora as Json))}`
}

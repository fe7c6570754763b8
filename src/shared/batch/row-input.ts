import { TributaryError } from '../errors'
import type { InterfaceInput } from '../graph/document'
import type { Json } from '../json'
import { wireKinds } from '../wire'
import { parsePath, readPath } from './path'

/**
 * The inputs of a run from one row: numbers and truths are read from text, other values are written as text where a text is wanted.
 * A field that the row does not have leaves its input to the default. Throws `input-type` with the input where a value cannot be meant.
 */
export function inputsOfRow(
  row: Json,
  map: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, InterfaceInput>>,
): Record<string, Json> {
  const found: Record<string, Json> = {}
  for (const [name, path] of Object.entries(map)) {
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    const value = readPath(row, parsePath(path))
    if (input && value !== undefined && value !== null) found[name] = asKind(value, input.type, name, path)
  }
  return found
}

function asKind(value: Json, type: InterfaceInput['type'], name: string, path: string): Json {
  if (type === 'text' || type === 'messages') {
    if (type === 'messages' && Array.isArray(value)) return value
    const text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
    return type === 'text' ? text : [{ role: 'user', content: text }]
  }
  if (typeof value !== 'string') return value
  if (type === 'number') {
    const number = Number(value)
    if (value.trim() === '' || !Number.isFinite(number)) throw mismatch(value, type, name, path)
    return number
  }
  if (type === 'boolean') {
    if (value !== 'true' && value !== 'false') throw mismatch(value, type, name, path)
    return value === 'true'
  }
  return value
}

const mismatch = (value: string, type: InterfaceInput['type'], name: string, path: string): TributaryError =>
  new TributaryError('input-type', `The input “${name}” takes ${wireKinds[type].summary}; ${path} says “${value.slice(0, 40)}”.`, {
    place: { port: name },
  })

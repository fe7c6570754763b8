import { TributaryError } from '../../shared/errors'
import type { InterfaceInput } from '../../shared/graph/document'
import { nearestName } from '../../shared/nearest-name'
import { wireSchemas } from '../../shared/value'
import { type WireKind, wireKinds } from '../../shared/wire'

/**
 * Values of a graph's inputs as a command line gives them. Precedence: `--input` > `--inputs FILE` > environment `TRIBUTARY_INPUT_NAME` > default.
 * `k=v` splits at the first `=` only; `k=` is the empty string; `k=@file` reads a file (a folder for documents); `k=@@x` is the text `@x`; `k:=json` is JSON.
 */
export interface InputSources {
  readonly declared: { readonly [name: string]: InterfaceInput }
  readonly flags: readonly string[]
  readonly file?: unknown
  readonly env: { readonly [name: string]: string | undefined }
  /** reads `@path` for an input of this type */
  readonly read: (path: string, type: InterfaceInput['type'], name: string) => Promise<unknown>
}

export async function parseInputs(sources: InputSources): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const name of Object.keys(sources.declared)) {
    const fromEnvironment = sources.env[`TRIBUTARY_INPUT_${name.toUpperCase().replaceAll('-', '_')}`]
    if (fromEnvironment !== undefined) values[name] = await fromText(name, fromEnvironment, sources)
  }
  for (const [name, value] of Object.entries(asRecord(sources.file))) {
    declaredInput(name, sources.declared)
    values[name] = value
  }
  for (const flag of sources.flags) {
    const [name, value] = await fromFlag(flag, sources)
    values[name] = value
  }
  for (const [name, value] of Object.entries(values)) checkType(name, value, declaredInput(name, sources.declared))
  for (const [name, input] of Object.entries(sources.declared)) {
    if (name in values) continue
    if (input.default !== undefined) values[name] = input.default
    else if (input.required !== false) throw missing(name, input)
  }
  return values
}

function asRecord(file: unknown): Record<string, unknown> {
  if (file === undefined) return {}
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw new TributaryError('input-type', '--inputs expects a JSON object of input names and values.')
  }
  return file as Record<string, unknown>
}

async function fromFlag(flag: string, sources: InputSources): Promise<[string, unknown]> {
  const equals = flag.indexOf('=')
  if (equals < 1) throw new TributaryError('usage', `--input ${flag}: expected name=value.`)
  const isJson = flag[equals - 1] === ':'
  const name = flag.slice(0, isJson ? equals - 1 : equals)
  const text = flag.slice(equals + 1)
  declaredInput(name, sources.declared)
  return [name, isJson ? parseJson(name, text) : await fromText(name, text, sources)]
}

async function fromText(name: string, text: string, sources: InputSources): Promise<unknown> {
  const { type } = declaredInput(name, sources.declared)
  if (text.startsWith('@') && !text.startsWith('@@')) return sources.read(text.slice(1), type, name)
  const plain = text.startsWith('@@') ? text.slice(1) : text
  if (type === 'text' || type === 'any') return plain
  if (type === 'number') {
    const value = Number(plain)
    if (plain.trim() === '' || !Number.isFinite(value)) throw wrongType(name, type, `“${plain}” is no number`)
    return value
  }
  if (type === 'boolean') {
    if (plain !== 'true' && plain !== 'false') throw wrongType(name, type, `“${plain}” is neither true nor false`)
    return plain === 'true'
  }
  if (type === 'messages') return [{ role: 'user', content: plain }]
  return parseJson(name, plain)
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new TributaryError('input-type', `Input “${name}”: not JSON: ${(cause as Error).message}.`, {
      place: { port: `@${name}` },
      cause,
    })
  }
}

function declaredInput(name: string, declared: InputSources['declared']): InterfaceInput {
  const input = Object.hasOwn(declared, name) ? declared[name] : undefined
  if (input) return input
  const names = Object.keys(declared)
  const nearest = nearestName(name, names)
  throw new TributaryError('input-unknown', `The graph has no input “${name}”.`, {
    hint: nearest ? `Did you mean “${nearest}”? Its inputs: ${names.join(', ')}.` : `Its inputs: ${names.join(', ') || 'none'}.`,
  })
}

function checkType(name: string, value: unknown, input: InterfaceInput): void {
  const parsed = wireSchemas[input.type].safeParse(value)
  if (!parsed.success) throw wrongType(name, input.type, parsed.error.issues[0]?.message ?? 'not understood')
  if (typeof value !== 'number') return
  if (input.min !== undefined && value < input.min) throw wrongType(name, input.type, `${value} is below its minimum ${input.min}`)
  if (input.max !== undefined && value > input.max) throw wrongType(name, input.type, `${value} is above its maximum ${input.max}`)
}

function wrongType(name: string, type: InterfaceInput['type'], reason: string): TributaryError {
  return new TributaryError('input-type', `Input “${name}” takes ${wireKinds[type].title.toLowerCase()}: ${reason}.`, {
    place: { port: `@${name}` },
  })
}

/** How a command line writes a value of a kind. */
const written: Partial<Record<WireKind, string>> = {
  text: '"…"',
  number: 'NUMBER',
  boolean: 'true',
  documents: '@FOLDER',
  dataset: '@FILE.csv',
}

function missing(name: string, input: InterfaceInput): TributaryError {
  const about = input.doc ? ` (${input.doc})` : ''
  return new TributaryError('input-missing', `Input “${name}”${about} has no value.`, {
    hint: `Add --input ${name}=${written[input.type] ?? '@FILE.json'}.`,
    place: { port: `@${name}` },
  })
}

import { TributaryError } from '../../../shared/errors'
import type { Json } from '../../../shared/json'
import { defineNode } from '../../node-runtime'

/** The value at a path such as `answers[0].text`. Throws `input-unknown` with the first step that is not there. */
export function pick(value: Json, path: string): Json {
  const steps = path.match(/[^.[\]]+/g) ?? []
  return steps.reduce<Json>((current, step, position) => {
    const next = Array.isArray(current)
      ? current.at(Number(step))
      : typeof current === 'object' && current !== null && Object.hasOwn(current, step)
        ? (current as { readonly [key: string]: Json })[step]
        : undefined
    if (next !== undefined) return next
    throw new TributaryError('input-unknown', `The JSON value has nothing at "${steps.slice(0, position + 1).join('.')}".`, {
      hint: sayWhatIsThere(current),
      place: { port: 'path' },
    })
  }, value)
}

function sayWhatIsThere(value: Json): string {
  if (Array.isArray(value)) return `There is a list of ${value.length}; its places count from 0.`
  if (typeof value === 'object' && value !== null) return `There is an object with: ${Object.keys(value).slice(0, 12).join(', ')}.`
  return `There is ${value === null ? 'null' : `a ${typeof value}`}, which has no parts.`
}

/** A part of a JSON value. */
export default defineNode(
  {
    type: 'json-pick',
    version: 1,
    title: 'Pick from JSON',
    family: 'io',
    summary: 'Takes one part out of a JSON value.',
    help: 'The path is written as in `answers[0].text`; `[-1]` is the last of a list; an empty path takes the whole. A text that holds JSON is read first. It is a lookup and nothing more: nothing in it is computed.',
    synonyms: ['parse', 'extract', 'field', 'path', 'get', 'jsonpath'],
    inputs: { json: { wire: 'json', title: 'JSON', arity: 'one', summary: 'the value, or a text that holds JSON' } },
    outputs: {
      json: { wire: 'json', title: 'JSON', summary: 'the part' },
      text: { wire: 'text', summary: 'the part as text; what is no text is written as JSON' },
    },
    params: { path: { kind: 'text', default: '', placeholder: 'answers[0].text', summary: 'where the part is' } },
    effect: 'pure',
    resource: 'cpu',
    face: 'path',
  },
  ({ inputs, params }) => {
    const json = pick(typeof inputs.json === 'string' ? parse(inputs.json) : inputs.json, params.path)
    return { json, text: typeof json === 'string' ? json : JSON.stringify(json) }
  },
)

/** The JSON in a text; models like to put it into a fence. */
function parse(text: string): Json {
  const fenced = /```(?:json)?\s*([\s\S]*?)```/.exec(text)?.[1] ?? text
  try {
    return JSON.parse(fenced) as Json
  } catch (cause) {
    throw new TributaryError('input-type', 'The text is not JSON.', {
      hint: `It begins with: ${text.slice(0, 60)}`,
      place: { port: 'json' },
      cause,
    })
  }
}

import { TributaryError } from '../../shared/errors'
import type { GraphDocument, InterfaceInput } from '../../shared/graph/document'
import { has } from '../../shared/graph/ids'
import { wireSchemas } from '../../shared/value'
import { wireKinds } from '../../shared/wire'

/** A checked input: an array of single values where a list was given for a kind that is none. */
export interface CheckedInput {
  readonly data: unknown
  readonly list: boolean
}

/**
 * The inputs of a run against the interface of its graph; defaults are filled in, what nobody needs may be absent.
 * Throws `input-unknown` (with the nearest name), `input-missing` or `input-type`.
 */
export function checkInputs(
  document: Pick<GraphDocument, 'interface'>,
  given: Readonly<Record<string, unknown>>,
  needed: readonly string[],
): Map<string, CheckedInput> {
  const declared = document.interface.inputs
  for (const name of Object.keys(given)) if (!has(declared, name)) throw unknownInput(name, Object.keys(declared))

  const checked = new Map<string, CheckedInput>()
  for (const [name, input] of Object.entries(declared)) {
    const value = has(given, name) ? given[name] : input.default
    if (value !== undefined) checked.set(name, checkOne(name, input, value))
    else if (needed.includes(name) && input.required !== false)
      throw new TributaryError('input-missing', `The input "${name}" has no value.`, {
        hint: input.doc ?? `Give it a ${wireKinds[input.type].title.toLowerCase()}.`,
        place: { port: name },
      })
  }
  return checked
}

function checkOne(name: string, input: InterfaceInput, value: unknown): CheckedInput {
  const schema = wireSchemas[input.type]
  const single = schema.safeParse(value)
  const list = !single.success && Array.isArray(value) && value.every((item) => schema.safeParse(item).success)
  if (!single.success && !list) {
    const problem = single.error.issues[0]
    const where = problem && problem.path.length > 0 ? ` (at ${problem.path.join('.')})` : ''
    throw new TributaryError('input-type', `The input "${name}" takes ${wireKinds[input.type].summary}${where}; it got ${tell(value)}.`, {
      place: { port: name },
    })
  }
  for (const number of list ? (value as unknown[]) : [value]) checkBounds(name, input, number)
  return { data: value, list }
}

function checkBounds(name: string, { min, max }: InterfaceInput, value: unknown): void {
  if (typeof value !== 'number') return
  const bound = min !== undefined && value < min ? `at least ${min}` : max !== undefined && value > max ? `at most ${max}` : undefined
  if (bound) throw new TributaryError('input-type', `The input "${name}" takes ${bound}; it got ${value}.`, { place: { port: name } })
}

function unknownInput(name: string, declared: readonly string[]): TributaryError {
  const nearest = declared.map((other) => ({ other, distance: editDistance(name, other) })).sort((a, b) => a.distance - b.distance)[0]
  const isClose = nearest !== undefined && nearest.distance <= Math.max(2, name.length / 3)
  const hint = isClose
    ? `Did you mean "${nearest.other}"?`
    : declared.length === 0
      ? 'This graph has no inputs.'
      : `Its inputs are: ${declared.join(', ')}.`
  return new TributaryError('input-unknown', `The graph has no input "${name}".`, { hint, place: { port: name } })
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

function tell(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `a list of ${value.length}`
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)?.slice(0, 40)}`
}

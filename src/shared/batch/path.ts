import { TributaryError } from '../errors'
import { isJsonObject, type Json } from '../json'

/** A way into a row of a dataset: names of fields and places in lists. Empty: the whole row. */
export type RowPath = readonly (string | number)[]

const most = { characters: 400, steps: 16 } as const
const endOfName = new Set(['.', '[', ']', '"', '~', '=', ';', ','])

/**
 * `.question`, `.meta.title`, `.answers[0]`, `.["odd name"]`, `.` for the whole row; the first dot may be left out.
 * It is read character by character and computes nothing. Throws `usage` with the place of what is not understood.
 */
export function parsePath(text: string): RowPath {
  const refuse = (reason: string): TributaryError =>
    new TributaryError('usage', `“${text.slice(0, 80)}” names no field of a row: ${reason}.`, {
      hint: 'Write .name, .name.inner, .list[0] or .["a name with dots"].',
    })
  if (text === '' || text.length > most.characters) throw refuse(text === '' ? 'it is empty' : `it is longer than ${most.characters}`)
  if (text === '.') return []
  const steps: (string | number)[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] === '[') {
      const close = text[at + 1] === '"' ? text.indexOf('"]', at + 2) + 1 : text.indexOf(']', at)
      if (close <= at) throw refuse(`the bracket at place ${at + 1} is not closed`)
      const inside = text.slice(at + 1, close)
      if (inside.startsWith('"')) steps.push(inside.slice(1, -1))
      else if (/^\d{1,9}$/.test(inside)) steps.push(Number(inside))
      else throw refuse('a bracket holds a number or a name in quotes')
      at = close + 1
    } else {
      if (text[at] === '.') at++
      else if (at > 0) throw refuse(`a dot or a bracket is missing at place ${at + 1}`)
      if (text[at] === '[') continue
      const from = at
      while (at < text.length && !endOfName.has(text[at]!)) at++
      if (at === from) throw refuse(`a name is missing at place ${from + 1}`)
      steps.push(text.slice(from, at))
    }
    if (steps.length > most.steps) throw refuse(`it has more than ${most.steps} steps`)
  }
  return steps
}

/** The path of one column, written so that `parsePath` reads it back. */
export const pathOfColumn = (column: string): string =>
  column !== '' && [...column].every((sign) => !endOfName.has(sign)) ? `.${column}` : `.["${column}"]`

/** What is there; undefined where nothing is. Only own members count. */
export function readPath(row: Json, path: RowPath): Json | undefined {
  let here: Json | undefined = row
  for (const step of path) {
    if (typeof step === 'number') here = Array.isArray(here) ? (here as readonly Json[])[step] : undefined
    else here = isJsonObject(here) && Object.hasOwn(here, step) ? here[step] : undefined
    if (here === undefined) return undefined
  }
  return here
}

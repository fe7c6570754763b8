import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { TributaryError } from '../../../shared/errors'

/** More are no honest model: each look at a folder asks for every part that a name promises. */
const mostParts = 1000
const mostNamed = 8

/**
 * The files of the GGUF at `path`, in order, whether they are there or not: the file itself, or, where it is named as llama.cpp's gguf-split names
 * a part (`NAME-00001-of-0000N.gguf`), all N parts. Goes by the name alone.
 */
export function partPaths(path: string): readonly [string, ...string[]] {
  const { stem, number, count } = partName(path)
  if (count < 2 || count > mostParts || number < 1 || number > count) return [path]
  const partOf = (at: number): string => join(dirname(path), `${stem}-${fiveDigits(at)}-of-${fiveDigits(count)}.gguf`)
  return [partOf(1), ...Array.from({ length: count - 1 }, (_, at) => partOf(at + 2))]
}

/** What a model in the file (or the parts) at `path` is called: the name without ending and numbers. */
export const modelNameOf = (path: string): string =>
  partPaths(path).length > 1 ? partName(path).stem : basename(path).replace(/\.gguf$/i, '')

/** All files of the GGUF at `path`; of a model in parts, only if each is there. Throws `model-missing` with the names of those that are not. */
export function requireParts(path: string): readonly [string, ...string[]] {
  const parts = partPaths(path)
  const missing = parts.length > 1 ? parts.filter((part) => !existsSync(part)).map((part) => basename(part)) : []
  if (missing.length === 0) return parts
  const rest = missing.length - mostNamed
  const named = new Intl.ListFormat('en').format([...missing.slice(0, mostNamed), ...(rest > 0 ? [`${rest} more`] : [])])
  throw new TributaryError(
    'model-missing',
    `${modelNameOf(path)} comes in ${parts.length} files, and ${named} ${missing.length > 1 ? 'are' : 'is'} missing.`,
    {
      hint: 'Put all its parts into one folder under their own names, and add that: tributary models add FOLDER.',
      place: { file: parts[0] },
      details: { missing },
    },
  )
}

function partName(path: string): { stem: string; number: number; count: number } {
  const [, stem = '', number, count] = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/s.exec(basename(path)) ?? []
  return { stem, number: Number(number ?? 0), count: Number(count ?? 0) }
}

const fiveDigits = (number: number): string => String(number).padStart(5, '0')

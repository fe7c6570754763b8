import { type OpenFile, openBytes } from './bytes/file-bytes'
import { checkModel } from './parser/check-model'
import { parseHeader } from './parser/parse-header'
import type { GgufHeader } from './types/header'

export interface ReadOptions {
  /** `model` (default): also the numbers and tensors that a language model must have. `any`: adapters, statistics and other GGUF files. */
  readonly expect?: 'model' | 'any'
  /** Long lists get their length and empty items: for whoever wrote them. Neutral: all is read */
  readonly skimsLists?: boolean
}

/**
 * The header of a GGUF file, checked. Run it before any library opens the file.
 * Throws `file-unreadable`, `file-format` (not a GGUF; a pickle is explained), or `model-corrupt` with `details.field` saying which statement is wrong.
 */
export async function readGgufHeader(path: string, options: ReadOptions = {}): Promise<GgufHeader> {
  const file = openBytes(path)
  try {
    return readOpenHeader(file, options)
  } finally {
    file.close()
  }
}

/** The same for a file that is open already. */
export function readOpenHeader(file: OpenFile, options: ReadOptions = {}): GgufHeader {
  const header = parseHeader(file, options.skimsLists)
  if (options.expect !== 'any') checkModel(header, file.name)
  return header
}

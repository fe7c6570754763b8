import { z } from 'zod'
import { isCheckpoint } from './checkpoint/open'
import { readGgufHeader } from './gguf/read-header'
import { numberOf, textOf } from './gguf/types/header'
import { openSafetensors } from './safetensors/open'

/** What a merged file says of where it comes from. */
export interface FileProvenance {
  /** canonical JSON of the expression and all else that decides its bytes; see `recipeOf` */
  readonly recipe: string
  readonly inputs: readonly { readonly name: string; readonly sha256: string }[]
  readonly seed: number
  /** of the engine */
  readonly version: string
  readonly warnings: readonly string[]
}

const inputsSchema = z.array(z.object({ name: z.string(), sha256: z.string() })).max(256)

/** Undefined for a file that was not merged here. Throws what the reader of the file throws. */
export async function provenanceOf(path: string): Promise<FileProvenance | undefined> {
  const text = await textsOf(path)
  const recipe = text('tributary.recipe')
  if (recipe === undefined) return undefined
  return {
    recipe,
    inputs: parseInputs(text('tributary.merge.inputs')),
    seed: Number(text('tributary.merge.seed') ?? 0),
    version: text('tributary.merge.version') ?? '',
    warnings: text('tributary.merge.warnings')?.split('\n') ?? [],
  }
}

async function textsOf(path: string): Promise<(key: string) => string | undefined> {
  if (isCheckpoint(path)) {
    const { metadata } = openSafetensors(path)
    return (key) => (Object.hasOwn(metadata, key) ? metadata[key] : undefined)
  }
  const { metadata } = await readGgufHeader(path)
  return (key) => textOf(metadata, key) ?? numberOf(metadata, key)?.toString()
}

/** Another's file may say anything here; what is no list of inputs counts for none. */
function parseInputs(text: string | undefined): FileProvenance['inputs'] {
  try {
    return inputsSchema.parse(JSON.parse(text ?? '[]'))
  } catch {
    return []
  }
}

import type { Dataset, Document } from '../../shared/value'

/** One format of files, one file each in `readers/`. */
export interface Reader {
  /** lower-case endings with the dot */
  readonly endings: readonly string[]
  /** `name` is the path below the chosen folder, with `/`, and the id of the document; throws Error with a reason, to which the file's name is added. */
  documents(bytes: Uint8Array, name: string, signal: AbortSignal): Promise<Document[]> | Document[]
  dataset?(bytes: Uint8Array, name: string): Dataset
}

export const defineReader = (reader: Reader): Reader => reader

/** The name of a file without folders and ending, as a title. */
export const titleOf = (name: string): string => (name.split('/').at(-1) ?? name).replace(/\.[^.]+$/, '').replace(/[_-]+/g, ' ')

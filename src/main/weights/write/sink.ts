import type { GgmlType } from '../gguf/types/ggml-type'

/** Where one tensor of the result goes. */
export interface SinkPlace {
  /** the part file that threads write into */
  readonly path: string
  readonly offset: number
  readonly byteLength: number
  readonly type: GgmlType
  /** copied byte for byte from where it leads, never computed */
  readonly copy: boolean
}

/** One of the files that a result consists of. */
export interface SinkFile {
  /** where it is written */
  readonly part: string
  /** where it stands at the end */
  readonly path: string
  readonly sizeBytes: number
}

/** A model in the making: a GGUF, or the folder of a checkpoint. What stands under the final name is whole. */
export interface Sink {
  /** in the order of the plan's root */
  readonly places: readonly SinkPlace[]
  readonly files: readonly SinkFile[]
  /** of everything that will be written */
  readonly sizeBytes: number
  /** what an earlier attempt had written is still there */
  readonly resumed: boolean
  write(tensor: number, bytes: Uint8Array, at: number): void
  /** What was written before the call survives a power cut once this resolves; others may go on writing meanwhile. */
  sync(): Promise<void>
  /** Reads back what can be checked once everything is written. Neutral: `finish` does it */
  readBack?(): Promise<void>
  /** Gives the result its name; what is not read back yet is read back before. */
  finish(): Promise<void>
  discard(): void
}

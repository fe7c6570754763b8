import type { ModelRef } from '../../shared/value'
import type { DecodeCall, Decoded, DecodeProgram, LanguageModel } from './model'

/** One place where models live. `pool.ts` chooses it by the `backend` of a reference. */
export interface Backend {
  open(ref: ModelRef): Promise<LanguageModel>
  /** All models of the program are of this backend. */
  decode(program: DecodeProgram, call: DecodeCall): Promise<Decoded>
  close(): Promise<void>
}

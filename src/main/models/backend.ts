import type { ModelRef } from '../../shared/value'
import type { Call, DecodeCall, Decoded, DecodeProgram, LanguageModel } from './model'

/** One place where models live. `pool.ts` chooses it by the `backend` of a reference. */
export interface Backend {
  open(ref: ModelRef): Promise<LanguageModel>
  /** All models of the program are of this backend. */
  decode(program: DecodeProgram, call: DecodeCall): Promise<Decoded>
  /** All models of all programs are of this backend, and they are the same. Neutral: one program after the other. */
  decodeAll?(programs: readonly DecodeProgram[], call: Call): Promise<Decoded[]>
  close(): Promise<void>
}

import { type ErrorCode, TributaryError } from '../../../shared/errors'
import type { RunContext } from '../../node-runtime'

/** Troubles of one candidate; any other (a full disk, a stop) ends the whole search. */
const ofOneCandidate: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'weights-not-finite',
  'weights-parameter',
  'weights-mismatch',
  'weights-quantized',
  'vocabulary-mismatch',
  'logits-invalid',
  'distribution-empty',
  'model-load-failed',
  'model-unsupported',
])

/** Candidates that could not be judged: they are passed over and told. */
export class Rejected {
  #first: TributaryError | undefined
  #count = 0

  /** The loss; NaN for a candidate that cannot be made or judged, with the reason. */
  async judge(loss: () => Promise<number>): Promise<{ readonly loss: number; readonly why?: string }> {
    try {
      return { loss: await loss() }
    } catch (error) {
      if (!(error instanceof TributaryError) || !ofOneCandidate.has(error.code)) throw error
      this.#first ??= error
      this.#count++
      return { loss: Number.NaN, why: error.message }
    }
  }

  /** Warns of what was passed over. Where nothing at all could be judged (`judged` 0), throws the first reason. */
  tell(judged: number, { warn }: Pick<RunContext, 'warn'>): void {
    if (this.#first === undefined) return
    if (judged === 0) throw this.#first
    warn(`${this.#count} of ${this.#count + judged} candidates could not be judged and were passed over: ${this.#first.message}`)
  }
}

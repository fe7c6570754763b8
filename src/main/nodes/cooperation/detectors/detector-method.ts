import { TributaryError } from '../../../../shared/errors'
import type { Claim, Document, Evidence, ModelRef } from '../../../../shared/value'
import type { RunContext } from '../../../node-runtime'
import type { EvidenceUnit } from '../evidence'
import type { JudgeOptions } from '../judge'

export interface DetectorInput {
  readonly answer: string
  readonly claims: readonly Claim[]
  readonly documents: readonly Document[]
  /** other answers to the same question */
  readonly samples: readonly string[]
  /** pieces of evidence for a claim, those that share most with it */
  readonly choose: (claim: string) => readonly EvidenceUnit[]
  readonly model: ModelRef | null
  readonly judge: JudgeOptions
}

/** How much a claim is supported, 0..1, and by what. null: the method cannot tell. */
export interface Support {
  readonly score: number | null
  readonly by?: Evidence
}

/** A way to score support: one file each in this folder, which exports it as `detector`. */
export interface DetectorMethod {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly systems: readonly string[]
  readonly needs: readonly ('model' | 'documents' | 'samples')[]
  score(input: DetectorInput, context: RunContext): Promise<Support[]>
}

export function requireNeeds(
  { title, needs }: DetectorMethod,
  { model, documents, samples }: { model: ModelRef | null; documents: unknown; samples: unknown },
): void {
  const missing = (port: string, what: string, hint: string) =>
    new TributaryError('input-missing', `The method “${title}” needs ${what}.`, { hint, place: { port } })
  if (needs.includes('model') && model === null) throw missing('model', 'a language model', 'Choose one in the inspector.')
  if (needs.includes('documents') && documents === undefined)
    throw missing('documents', 'documents', 'Connect them, or choose another method.')
  if (needs.includes('samples') && samples === undefined)
    throw missing('samples', 'other answers to the same question', 'Connect candidates, or choose another method.')
}

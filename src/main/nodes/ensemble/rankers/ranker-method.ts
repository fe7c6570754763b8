import type { Candidate, Document, ModelRef } from '../../../../shared/value'
import type { RunContext } from '../../../node-runtime'
import type { PairwiseRule } from '../../../ranking/pairwise'
import type { formParam } from '../../asking'

export interface RankerInput {
  readonly question: string
  readonly candidates: readonly Candidate[]
  readonly documents: readonly Document[]
  readonly model: ModelRef | null
  readonly rule: PairwiseRule
  readonly form: (typeof formParam)['options'][number]['value']
  readonly template: string
  readonly mostComparisons: number
  readonly judge: { readonly format: string; readonly calibrate: boolean }
}

/** A way to rank, one file each in this folder, which exports it as `ranker`. */
export interface RankerMethod {
  readonly name: string
  readonly title: string
  /** as `NodeSpec.formula` */
  readonly formula: string
  readonly summary: string
  readonly systems: readonly string[]
  readonly needs: readonly ('text' | 'embeddings' | 'relevance' | 'question' | 'documents')[]
  /** one score per candidate, greater is better */
  score(input: RankerInput, context: RunContext): Promise<number[]>
}

import type { Compatibility } from '../../shared/api'

/** An answer about two models: a letter for the table, a sentence, and why. */
export interface Fit {
  readonly letter: 'M' | 'T' | 'A' | 'D'
  readonly is: 'yes' | 'partly' | 'no'
  readonly told: string
  readonly reason: string
}

/** What two models can do together, in the order of the table: weights, tokens, drafting. Tokens that fit only once they are aligned have a letter of their own. */
export function fitsOf({ merge, mix, align, draft }: Compatibility): readonly Fit[] {
  const tokens: Fit = mix.ok
    ? { letter: 'T', is: 'yes', told: 'Tokens can be mixed.', reason: mix.reason }
    : align.ok
      ? { letter: 'A', is: 'partly', told: 'Tokens can be mixed once they are aligned.', reason: mix.reason }
      : { letter: 'T', is: 'no', told: 'Tokens cannot be mixed.', reason: mix.reason }
  return [
    {
      letter: 'M',
      is: merge.ok ? 'yes' : 'no',
      told: merge.ok ? 'Weights can be merged.' : 'Weights cannot be merged.',
      reason: merge.reason,
    },
    tokens,
    {
      letter: 'D',
      is: draft.ok ? 'yes' : 'no',
      told: draft.ok ? 'One can draft.' : 'Neither can draft for the other.',
      reason: draft.reason,
    },
  ]
}

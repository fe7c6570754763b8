/** Settings that drafters by a model share. */
export const longestDraft = {
  kind: 'number',
  default: 5,
  min: 1,
  max: 32,
  step: 1,
  integer: true,
  title: 'Longest draft',
  summary: 'tokens guessed at once, at most',
} as const

export const stopWhenUnsure = {
  kind: 'number',
  default: 0.4,
  min: 0,
  max: 1,
  step: 0.05,
  title: 'Stop when unsure',
  summary: 'ends the draft after a token that the drafter gave less than this probability; 0: never',
} as const

export const adaptLength = {
  kind: 'boolean',
  default: true,
  title: 'Adapt the length',
  summary: 'longer drafts while they survive, shorter ones when they do not',
} as const

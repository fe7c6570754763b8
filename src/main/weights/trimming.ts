import { boolean, choice, number } from './method'

/** What the methods that keep the largest changes ask for, in the same words. */
export const trimScope = choice({
  default: 'model',
  summary: 'what the share of kept entries is of',
  options: [
    { value: 'model', title: 'the whole model (paper)' },
    { value: 'tensor', title: 'each tensor (MergeKit)' },
  ],
})

export const keptShare = number({ default: 0.2, min: 0, max: 1, step: 0.05, summary: 'share of entries that stay' })

/** What MergeKit calls rescale where entries are chosen by rank. */
export const rescaled = boolean({
  default: false,
  summary: 'scale what stays so that its magnitudes sum to what they did before (MergeKit)',
})

/** Shared by the nodes that split an answer into claims. */
export const standAloneParam = {
  kind: 'boolean',
  default: true,
  title: 'Claims stand alone',
  summary: 'put the noun for “it”, “they”, “he” or “she” at the beginning of a claim',
  advanced: true,
} as const

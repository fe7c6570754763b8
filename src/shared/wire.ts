/**
 * The kinds of wire. Three families: `weights` and `distribution` wires carry an expression that only a sink evaluates; all others carry values.
 * A wire connects equal kinds, or kinds with an entry in `coercions` (lossless, done by the executor). Anything else needs a node: `converters` names it.
 */
export const wireKinds = {
  text: { family: 'text', title: 'Text', summary: 'a piece of text' },
  number: { family: 'text', title: 'Number', summary: 'a number' },
  boolean: { family: 'text', title: 'Yes or no', summary: 'true or false' },
  messages: {
    family: 'text',
    title: 'Messages',
    summary: 'a chat: system, user and assistant turns',
  },
  documents: {
    family: 'text',
    title: 'Documents',
    summary: 'documents or passages, each with its source',
  },
  dataset: {
    family: 'text',
    title: 'Dataset',
    summary: 'rows of named fields',
  },
  candidates: {
    family: 'text',
    title: 'Candidates',
    summary: 'several answers to one question, perhaps scored',
  },
  claims: {
    family: 'text',
    title: 'Claims',
    summary: 'the single statements that an answer makes',
  },
  verdicts: {
    family: 'text',
    title: 'Verdicts',
    summary: 'claims, each marked supported, refuted or unknown, with evidence',
  },
  scores: { family: 'text', title: 'Scores', summary: 'named numbers' },
  json: { family: 'text', title: 'JSON', summary: 'any structured value' },
  index: {
    family: 'text',
    title: 'Index',
    summary: 'a searchable index over documents',
  },
  model: {
    family: 'model',
    title: 'Model',
    summary: 'a language model, ready to use',
  },
  drafter: {
    family: 'tokens',
    title: 'Drafter',
    summary: 'a way to guess the next tokens cheaply',
  },
  distribution: {
    family: 'tokens',
    title: 'Distribution',
    summary: 'how to get the log-probabilities of the next token',
  },
  weights: {
    family: 'weights',
    title: 'Weights',
    summary: 'how to get each tensor of a model',
  },
  statistics: {
    family: 'weights',
    title: 'Statistics',
    summary: 'what was measured of a model while it read texts, for merge methods',
  },
  any: { family: 'text', title: 'Anything', summary: 'a value of any kind' },
} as const satisfies Record<string, { family: WireFamily; title: string; summary: string }>

export type WireFamily = 'weights' | 'tokens' | 'text' | 'model'
export type WireKind = keyof typeof wireKinds
export const wireKindNames = Object.keys(wireKinds) as readonly WireKind[]

/** from → the kinds it may flow into besides its own. The executor converts (`src/shared/value.ts`, `coerce`). */
export const coercions: Partial<Record<WireKind, readonly WireKind[]>> = {
  number: ['text', 'json'],
  boolean: ['text', 'json'],
  text: ['messages', 'json'],
  messages: ['json'],
  documents: ['json'],
  dataset: ['json'],
  candidates: ['json'],
  claims: ['json'],
  verdicts: ['json'],
  scores: ['json'],
  model: ['json'],
  statistics: ['json'],
}

/** from → to → the type of the node that converts, offered when a connection is refused. */
export const converters: Partial<Record<WireKind, Partial<Record<WireKind, string>>>> = {
  model: {
    statistics: 'calibrate',
    text: 'language-model',
    distribution: 'model-distribution',
    weights: 'load-weights',
    drafter: 'model-drafter',
  },
  weights: { model: 'write-model' },
  distribution: { text: 'decoder' },
  documents: { text: 'documents-to-text', index: 'index-documents' },
  text: {
    documents: 'text-to-documents',
    claims: 'split-claims',
    candidates: 'gather-candidates',
  },
  candidates: { text: 'best-candidate' },
  verdicts: { text: 'answer' },
  dataset: { text: 'dataset-column' },
}

export type Meeting =
  | { readonly ok: true; readonly coerced: boolean }
  | {
      readonly ok: false
      readonly reason: string
      readonly converter?: string
    }

/** May a wire of kind `from` end in a port of kind `to`? A refusal says why and names a converter node where one exists. */
export function meet(from: WireKind, to: WireKind): Meeting {
  if (from === to || to === 'any') return { ok: true, coerced: false }
  if (from === 'any') return { ok: true, coerced: true }
  if (coercions[from]?.includes(to)) return { ok: true, coerced: true }
  const reason = `a ${wireKinds[from].title} wire carries ${wireKinds[from].summary}; this port takes ${wireKinds[to].title}: ${wireKinds[to].summary}`
  const converter = converters[from]?.[to] ?? throughCoercion(from, to)
  return converter === undefined ? { ok: false, reason } : { ok: false, reason, converter }
}

/** A node whose output flows into `to` as it is: documents become text, and text is taken for a chat. */
function throughCoercion(from: WireKind, to: WireKind): string | undefined {
  const steps = Object.entries(converters[from] ?? {}) as [WireKind, string][]
  return steps.find(([kind]) => coercions[kind]?.includes(to))?.[1]
}

/** Kinds whose values name models: whoever works on such a value works with them. */
export const carriesModels: ReadonlySet<WireKind> = new Set(['model', 'distribution', 'drafter', 'weights', 'index'])

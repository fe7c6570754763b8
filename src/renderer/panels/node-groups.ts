import type { NodeFamily, NodeSpec } from '../../shared/node-spec'

/** The palette's headings: the survey's three families, and what goes in and out, in plain words. */
export const nodeGroups: readonly {
  readonly family: NodeFamily
  readonly title: string
  readonly summary: string
  readonly hue: 'weights' | 'tokens' | 'text' | 'model'
}[] = [
  { family: 'io', title: 'In and out', summary: 'texts, documents, data', hue: 'model' },
  { family: 'cooperation', title: 'Cooperate over text', summary: 'retrieve, compress, draft, check', hue: 'text' },
  { family: 'ensemble', title: 'Mix tokens and answers', summary: 'decode, rank, fuse, route', hue: 'tokens' },
  { family: 'merging', title: 'Merge weights', summary: 'load, combine, write', hue: 'weights' },
  { family: 'flow', title: 'Flow', summary: 'repeat, nest', hue: 'model' },
]

/** What stands at the ends of a graph. They are no nodes: they are what a run is given and what it answers. */
export const portEntries = [
  {
    type: '@input',
    side: 'inputs',
    title: 'Graph input',
    summary: 'a value that each run is given',
    words: ['input', 'question', 'variable'],
  },
  {
    type: '=output',
    side: 'outputs',
    title: 'Graph output',
    summary: 'what the graph answers',
    words: ['output', 'answer', 'result'],
  },
] as const
export type PortEntry = (typeof portEntries)[number]

export const describeNode = (spec: NodeSpec) => ({
  title: spec.title,
  words: [spec.type, ...(spec.synonyms ?? []), ...(spec.systems ?? [])],
  summary: spec.summary,
})

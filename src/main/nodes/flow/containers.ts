import type { NodeSpec } from '../../../shared/node-spec'
import type { NodeDefinition } from '../../node-runtime'

/**
 * Containers run an inner graph; the executor expands them by the flag `container` and these params. Their ports are those of the inner graph's interface
 * (`src/shared/graph/ports.ts`), so their own `run` is never called.
 */
const container = (spec: Omit<NodeSpec, 'version' | 'family' | 'inputs' | 'outputs' | 'effect' | 'resource'>): NodeDefinition => ({
  spec: { version: 1, family: 'flow', inputs: {}, outputs: {}, effect: 'pure', resource: 'cpu', ...spec },
  run: () => {
    throw new Error(`the executor expands ${spec.type} nodes; they have no work of their own`)
  },
})

const onItemError = {
  kind: 'choice',
  default: 'stop',
  title: 'When an item fails',
  summary: 'what happens to the others when one item fails',
  options: [
    { value: 'stop', title: 'Stop', summary: 'the node fails with the error of the item' },
    { value: 'skip', title: 'Leave it out', summary: 'the lists that come out are shorter by it' },
    { value: 'null', title: 'Put an empty value', summary: 'the lists keep their length; its place holds null' },
  ],
} as const

export default [
  container({
    type: 'map',
    title: 'Map',
    container: 'map',
    summary: 'Runs the graph inside it once for each item of a list.',
    help: [
      'Each port is an input of the graph inside. A *list* is taken apart: the first run gets its first item, the second run the second. A single value is the same for all runs.',
      'Several lists must be of equal length. What comes out are lists, in the same order. An empty list gives empty lists.',
    ].join('\n'),
    synonyms: ['for each', 'iterate', 'batch', 'loop over', 'foreach', 'parallel'],
    params: {
      parallel: {
        kind: 'number',
        default: 4,
        min: 1,
        max: 64,
        integer: true,
        unit: 'items',
        summary: 'how many items may be under way at once',
        advanced: true,
      },
      onItemError,
    },
  }),
  container({
    type: 'loop',
    title: 'Loop',
    container: 'loop',
    summary: 'Runs the graph inside it again and again, each time with what the last run gave.',
    help: [
      'An output of the graph inside that is called like one of its inputs is its *state*: it becomes that input of the next run. Other inputs stay the same.',
      'The loop ends when the output named in **Until** is true, or after **Times** runs. The outputs are those of the last run.',
    ].join('\n'),
    synonyms: ['repeat', 'while', 'until', 'iterate', 'refine', 'feedback', 'cycle'],
    params: {
      times: { kind: 'number', default: 3, min: 1, max: 1000, integer: true, unit: 'runs', summary: 'at most so many runs' },
      until: { kind: 'text', default: '', placeholder: 'done', summary: 'the yes-or-no output that ends the loop; empty: always all runs' },
    },
    face: 'times',
  }),
  container({
    type: 'subgraph',
    title: 'Subgraph',
    container: 'subgraph',
    summary: 'Runs the graph inside it once: several nodes folded into one.',
    help: 'Double-click to go inside. Its ports are the inputs and outputs of the graph inside, by name.',
    synonyms: ['group', 'function', 'component', 'macro', 'reuse', 'fold'],
    params: {},
  }),
]

import { TributaryError } from '../../shared/errors'
import type { WeightsExpression } from '../../shared/expression'
import { type GraphDocument, type GraphNode, parseEndpoint } from '../../shared/graph/document'
import { nameNode } from '../../shared/graph/issue'
import type { NodeSpec, ParamValues } from '../../shared/node-spec'
import type { ModelRef } from '../../shared/value'
import type { NodeDefinition, RunContext } from '../node-runtime'
import type { Recipe } from './recipe'

/** The recipe of the model that a graph writes, without running it: the nodes on weights wires only build expressions. Throws `graph-invalid` with the node that cannot be told beforehand. */
export async function recipeOfGraph(document: GraphDocument, find: (type: string) => NodeDefinition | undefined): Promise<Recipe> {
  const sinks = Object.entries(document.nodes).filter(([, node]) => node.type === 'write-model')
  const [sink, ...others] = sinks
  if (sink === undefined) throw invalid('This graph writes no model.', 'Add a Write model node.')
  if (others.length > 0) throw invalid(`This graph writes ${sinks.length} models.`, 'Keep one Write model node in the graph to export.')
  const [id, write] = sink
  const reader = new Reader(document, find)
  const expression = await reader.value(reader.sources(id, 'weights')[0], id)
  return { expression, name: String(write.params.name ?? 'merged'), dtype: String(write.params.dtype ?? 'keep') }
}

class Reader {
  private readonly document: GraphDocument
  private readonly find: (type: string) => NodeDefinition | undefined
  private readonly outputs = new Map<string, Promise<Record<string, unknown>>>()

  constructor(document: GraphDocument, find: (type: string) => NodeDefinition | undefined) {
    this.document = document
    this.find = find
  }

  /** `node.port` of every wire into this port, in order. */
  sources(node: string, port: string): string[] {
    return this.document.wires
      .map(({ from, to }) => ({ from, to: parseEndpoint(to) }))
      .filter(({ to }) => to?.node === node && to.port === port)
      .sort((a, b) => (a.to?.order ?? 0) - (b.to?.order ?? 0))
      .map(({ from }) => from)
  }

  async value<T = WeightsExpression>(from: string | undefined, reader: string): Promise<T> {
    if (from === undefined) throw invalid(`${nameNode(reader, this.document.nodes[reader])} has no weights wired to it.`)
    const [node = '', port = ''] = from.split('.')
    const running = this.outputs.get(node) ?? this.run(node)
    this.outputs.set(node, running)
    return (await running)[port] as T
  }

  private async run(id: string): Promise<Record<string, unknown>> {
    const node = this.document.nodes[id]
    const definition = node && this.find(node.type)
    if (!node || !definition || !buildsWeights(definition.spec) || node.muted || node.bypassed)
      throw invalid(
        `${nameNode(id, node)} cannot be told before the graph runs.`,
        'Only graphs of Load weights, Task vector, Prune, Merger, Stack layers and Write model can be exported.',
      )
    const inputs: Record<string, unknown> = {}
    for (const [port, spec] of Object.entries(definition.spec.inputs)) {
      const values = await Promise.all(this.sources(id, port).map((from) => this.value<unknown>(from, id)))
      inputs[port] = spec.arity === 'many' || spec.arity === 'some' ? values : values[0]
    }
    return definition.run({ inputs, params: this.params(id, node, definition.spec), slots: {}, context: quietContext(id, node.seed ?? 0) })
  }

  private params(id: string, node: GraphNode, spec: NodeSpec): ParamValues<NodeSpec> {
    const wired = Object.keys(spec.params).find((param) => this.sources(id, param).length > 0)
    if (wired !== undefined)
      throw invalid(`${nameNode(id, node)} takes its ${wired} from a wire, so it cannot be told before the graph runs.`)
    return Object.fromEntries(
      Object.entries(spec.params).map(([name, param]) => {
        const given = node.params[name] ?? param.default
        return [name, param.kind === 'model' ? this.model(id, given) : given]
      }),
    ) as ParamValues<NodeSpec>
  }

  private model(id: string, given: unknown): ModelRef {
    const alias = this.document.models[String(given).replace(/^model:/, '')]
    if (alias === undefined) throw invalid(`${nameNode(id, this.document.nodes[id])} has no model yet.`)
    const name = alias.hint ?? alias.catalog ?? alias.sha256 ?? 'model'
    return { backend: 'llama-cpp', id: alias.sha256 ?? name, name }
  }
}

/** Whether a node only puts expressions together. What else it may take, such as statistics, comes from nodes that do not. */
const buildsWeights = ({ outputs, effect, resource }: NodeSpec): boolean =>
  effect === 'pure' && resource === 'cpu' && Object.values(outputs).every(({ wire }) => wire === 'weights' || wire === 'statistics')

/** Such a node needs nothing but its seed. */
const quietContext = (nodeId: string, seed: number): RunContext => ({
  ...({} as RunContext),
  nodeId,
  seed,
  signal: new AbortController().signal,
  progress: () => undefined,
  stream: () => undefined,
  warn: () => undefined,
  // what is named by its content need not be here to be named
  blobs: { get: async () => new Uint8Array(), put: async () => '' },
})

const invalid = (message: string, hint?: string): TributaryError =>
  new TributaryError('graph-invalid', message, hint === undefined ? {} : { hint })

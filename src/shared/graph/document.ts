import { z } from 'zod'
import { jsonValue } from '../json-schema'
import { type WireKind, wireKindNames } from '../wire'

/** The graph file (`*.trib.json`): one file for the canvas and for headless runs. Layout lives in `ui` and nowhere else. */
export const GRAPH_FORMAT = 'tributary/graph'
export const GRAPH_VERSION = 1
export const FRAGMENT_FORMAT = 'tributary/fragment'

/** Stable slugs, chosen at creation, never titles. */
export const slug = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/)

export const interfaceInput = z.looseObject({
  type: z.enum(wireKindNames as [WireKind, ...WireKind[]]),
  required: z.boolean().optional(),
  doc: z.string().optional(),
  example: jsonValue.optional(),
  default: jsonValue.optional(),
  min: z.number().optional(),
  max: z.number().optional(),
})
export const interfaceOutput = z.looseObject({
  type: z.enum(wireKindNames as [WireKind, ...WireKind[]]),
  /** `node.port`; absent while nothing is connected */
  from: z.string().optional(),
  doc: z.string().optional(),
})
export const graphInterface = z.looseObject({
  inputs: z.record(slug, interfaceInput).default({}),
  outputs: z.record(slug, interfaceOutput).default({}),
})

/** A model by what it is, never where: found by hash, else (for `hint`-only entries of templates) by its catalogue id. */
export const modelAlias = z.looseObject({
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** id in the model catalogue, e.g. `toy-base` or `smollm2-135m-instruct` */
  catalog: z.string().optional(),
  /** a remote backend of the settings and a model name on it */
  remote: z.object({ backend: z.string(), model: z.string() }).optional(),
  arch: z.string().optional(),
  params: z.string().optional(),
  quant: z.string().optional(),
  vocab: z.string().optional(),
  hint: z.string().optional(),
})

export const errorPolicy = z.looseObject({
  /** what happens when the node fails after its retries */
  onError: z.enum(['stop', 'default', 'wire', 'skip']).optional(),
  /** for `default`: the value of each output */
  defaults: z.record(z.string(), jsonValue).optional(),
  retries: z.number().int().min(0).max(10).optional(),
  timeoutMs: z.number().int().min(1).optional(),
})

export const graphNode = z.looseObject({
  type: z.string().min(1).max(128),
  v: z.number().int().min(1).default(1),
  title: z.string().optional(),
  params: z.record(z.string(), jsonValue).default({}),
  /** uint32; null draws a fresh one for every run and stores it */
  seed: z.number().int().min(0).max(0xffffffff).nullable().optional(),
  policy: errorPolicy.optional(),
  muted: z.boolean().optional(),
  bypassed: z.boolean().optional(),
  /** for containers: the subgraph they run */
  subgraph: z.string().optional(),
})

/**
 * `from` is `node.port` or `@input`; `to` is `node.port`, `node.param`, or `node.port#order` for ports that take many.
 * The error of a node with policy `wire` leaves by its port `error` (kind json).
 */
export const graphWire = z.looseObject({ from: z.string(), to: z.string() })

export const nodeLayout = z.looseObject({
  x: z.number(),
  y: z.number(),
  width: z.number().optional(),
  height: z.number().optional(),
  collapsed: z.boolean().optional(),
  color: z.string().optional(),
  /** stays where it is: no drag, no layout and no nudge moves it */
  pinned: z.boolean().optional(),
})
/** How a wire is drawn: points that it passes through, and the name by which it is sent instead of being drawn. */
export const wireLayout = z.looseObject({
  points: z.array(z.tuple([z.number(), z.number()])).optional(),
  name: z.string().optional(),
})
export const noteLayout = z.looseObject({
  id: slug,
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  text: z.string(),
  color: z.string().optional(),
  attachedTo: z.string().optional(),
})
export const frameLayout = z.looseObject({
  id: slug,
  title: z.string(),
  nodes: z.array(z.string()),
  color: z.string().optional(),
  collapsed: z.boolean().optional(),
})
export const graphUi = z.looseObject({
  /** by node id, and by `@name` for interface inputs and `=name` for interface outputs */
  nodes: z.record(z.string(), nodeLayout).default({}),
  frames: z.array(frameLayout).default([]),
  notes: z.array(noteLayout).default([]),
  /** by the ends of the wire, `a.text>b.prompt` */
  wires: z.record(z.string(), wireLayout).optional(),
  viewport: z.tuple([z.number(), z.number(), z.number()]).optional(),
})

const body = {
  interface: graphInterface.default({ inputs: {}, outputs: {} }),
  nodes: z.record(slug, graphNode).default({}),
  wires: z.array(graphWire).default([]),
  ui: graphUi.default({ nodes: {}, frames: [], notes: [] }),
}
export const subgraph = z.looseObject({
  name: z.string().optional(),
  origin: z.looseObject({ name: z.string(), version: z.string() }).optional(),
  ...body,
})

export const graphDocument = z.looseObject({
  format: z.literal(GRAPH_FORMAT),
  version: z.number().int().min(1),
  id: z.string().min(1).max(64),
  name: z.string().max(500).default(''),
  description: z.string().optional(),
  requires: z
    .looseObject({
      app: z.string().optional(),
      features: z.array(z.string()).optional(),
    })
    .optional(),
  /** `sequence`: nodes that work with models run one after the other. Absent: beside each other, where memory allows. */
  branches: z.enum(['sequence']).optional(),
  models: z.record(slug, modelAlias).default({}),
  subgraphs: z.record(slug, subgraph).default({}),
  ...body,
})

export type GraphDocument = z.infer<typeof graphDocument>
export type GraphNode = z.infer<typeof graphNode>
export type GraphWire = z.infer<typeof graphWire>
export type ModelAlias = z.infer<typeof modelAlias>
export type ErrorPolicy = z.infer<typeof errorPolicy>
export type InterfaceInput = z.infer<typeof interfaceInput>
export type InterfaceOutput = z.infer<typeof interfaceOutput>
export type GraphInterface = z.infer<typeof graphInterface>
export type NodeLayout = z.infer<typeof nodeLayout>
export type WireLayout = z.infer<typeof wireLayout>
export type NoteLayout = z.infer<typeof noteLayout>
export type FrameLayout = z.infer<typeof frameLayout>
export type GraphUi = z.infer<typeof graphUi>
export type Subgraph = z.infer<typeof subgraph>
/** What a graph and a subgraph have in common: everything that edits, validation and planning work on. */
export type GraphBody = Pick<GraphDocument, 'interface' | 'nodes' | 'wires' | 'ui'>

/** The two ends of a wire, taken apart. `@question` has node `@question` and port ``. */
export interface Endpoint {
  readonly node: string
  readonly port: string
  readonly order?: number
}

export function parseEndpoint(text: string): Endpoint | undefined {
  if (text.startsWith('@')) return { node: text, port: '' }
  if (text.startsWith('=')) return { node: text, port: '' }
  const dot = text.indexOf('.')
  const hash = text.indexOf('#')
  const portEnd = hash < 0 ? text.length : hash
  if (dot < 1 || portEnd <= dot + 1) return undefined
  const end = { node: text.slice(0, dot), port: text.slice(dot + 1, portEnd) }
  if (hash < 0) return end
  const order = text.slice(hash + 1)
  return /^\d{1,6}$/.test(order) ? { ...end, order: Number(order) } : undefined
}

export function formatEndpoint(endpoint: Endpoint): string {
  if (endpoint.node.startsWith('@') || endpoint.node.startsWith('=')) return endpoint.node
  const base = `${endpoint.node}.${endpoint.port}`
  return endpoint.order === undefined ? base : `${base}#${endpoint.order}`
}

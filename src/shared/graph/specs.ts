import type { NodeSpec } from '../node-spec'

/** The node types that this application knows, by type. A `Map`, because types come from files. */
export type NodeSpecs = ReadonlyMap<string, NodeSpec>

export const specsByType = (specs: Iterable<NodeSpec>): NodeSpecs => new Map(Array.from(specs, (spec) => [spec.type, spec]))

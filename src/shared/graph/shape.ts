/**
 * How a graph file is made of records: which members are collections whose entries live, change and are compared one by one, and which are plain values.
 * Canonical text, differences and merges all walk this one description.
 */
export type Shape =
  /** members by id; each one is a record. An `optional` collection is not there while it is empty. */
  | { readonly kind: 'records'; readonly optional?: true }
  /** an array whose items carry an `id` */
  | { readonly kind: 'items' }
  /** the array of wires: known by their ends */
  | { readonly kind: 'wires' }
  /** an object whose members have shapes of their own; members without one are plain values */
  | { readonly kind: 'group'; readonly members: { readonly [key: string]: Shape } }
  /** members by id, each one a group */
  | { readonly kind: 'groups'; readonly each: Shape & { kind: 'group' } }

const records: Shape = { kind: 'records' }
const items: Shape = { kind: 'items' }

const bodyMembers = {
  interface: { kind: 'group', members: { inputs: records, outputs: records } },
  nodes: records,
  wires: { kind: 'wires' },
  ui: { kind: 'group', members: { nodes: records, frames: items, notes: items, wires: { kind: 'records', optional: true } } },
} as const satisfies { [key: string]: Shape }

export const bodyShape: Shape & { kind: 'group' } = { kind: 'group', members: bodyMembers }
export const documentShape: Shape & { kind: 'group' } = {
  kind: 'group',
  members: { ...bodyMembers, models: records, subgraphs: { kind: 'groups', each: bodyShape } },
}
export const fragmentShape: Shape & { kind: 'group' } = {
  kind: 'group',
  members: { ...documentShape.members, dangling: { kind: 'wires' } },
}

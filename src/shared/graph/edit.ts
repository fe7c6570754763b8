/**
 * Every edit of a document. Each takes the document and its arguments and returns the next document with the difference that made it, so undo is
 * `apply(document, reverse(diff))`. `scope` is the id of a subgraph; without it the edit works on the graph itself.
 */
export type { Edited } from './diff'
export * from './edits/document'
export * from './edits/forks'
export * from './edits/interface'
export * from './edits/layout'
export {
  type AddNode,
  addNode,
  removeNodes,
  replaceType,
  setBypassed,
  setMuted,
  setParam,
  setPolicy,
  setSeed,
  setSubgraph,
  setTitle,
} from './edits/nodes'
export * from './edits/notes'
export * from './edits/paste'
export type { Scoped } from './edits/scope'
export { addSubgraph, type MakeSubgraph, makeSubgraph, removeSubgraph } from './edits/subgraphs'
export { unpackSubgraph } from './edits/unpack'
export { addReroute, moveReroute, removeReroute, setLinkName, setWirePoints } from './edits/wire-layout'
export { wireKeyOf, wireLayout } from './edits/wire-ui'
export { connect, disconnect, type Ends, insertNode, reorderWires, rewire, spliceNode } from './edits/wires'

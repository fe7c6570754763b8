/** The most UTF-8 bytes that a graph file may have: readers check it before they read. */
export const MAX_FILE_BYTES = 8 * 1024 * 1024

/** Bounds of a graph file. They act before or right after parsing, so that a hostile file costs little. */
export const graphLimits = {
  bytes: MAX_FILE_BYTES,
  /** nesting of arrays and objects */
  depth: 64,
  /** nodes of the graph and all its subgraphs together */
  nodes: 2_000,
  wires: 10_000,
  /** everything else that is listed: notes, frames, places, inputs, outputs, models, subgraphs */
  entries: 20_000,
  /** members and elements in the whole file: data belongs into files of its own */
  values: 200_000,
  /** UTF-16 units of one string */
  string: 1024 * 1024,
  /** slots and container ports that one node may have */
  ports: 64,
  /** runs of inner nodes that containers may ask for, all told */
  expansion: 1_000_000,
} as const

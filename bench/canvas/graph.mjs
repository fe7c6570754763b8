/** A grid of nodes that join texts; each reads its left neighbour, and every other one a node further left too: three wires for two nodes. */
export function gridGraph(count) {
  const columns = Math.round(Math.sqrt(count * 1.34))
  const rows = Math.ceil(count / columns)
  const nodes = {}
  const places = {}
  const wires = []
  const id = (column, row) => `n${column}-${row}`
  for (let column = 0; column < columns; column++)
    for (let row = 0; row < rows && Object.keys(nodes).length < count; row++) {
      nodes[id(column, row)] = { type: 'join-text', v: 1, params: {} }
      places[id(column, row)] = { x: column * 330, y: row * 190 }
    }
  const wanted = count * 1.5
  const add = (from, to, order) => {
    if (wires.length < wanted && nodes[from] && nodes[to]) wires.push({ from: `${from}.text`, to: `${to}.texts#${order}` })
  }
  for (let column = 1; column < columns; column++) for (let row = 0; row < rows; row++) add(id(column - 1, row), id(column, row), 0)
  for (let order = 1; wires.length < wanted; order++)
    for (let column = order + 1; column < columns; column++)
      for (let row = 0; row < rows; row++) add(id(column - order - 1, (row + order) % rows), id(column, row), order)
  return {
    middle: id(Math.floor(columns / 2), Math.floor(rows / 2)),
    document: {
      format: 'tributary/graph',
      version: 1,
      id: 'bench-canvas',
      name: `${count} nodes`,
      interface: { inputs: {}, outputs: {} },
      models: {},
      nodes,
      wires,
      subgraphs: {},
      ui: { nodes: places, notes: [], frames: [], viewport: [0, 0, 1] },
    },
  }
}

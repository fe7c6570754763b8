import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const engines = {
  langgraph: { packages: ['@langchain/langgraph', '@langchain/core'], measure: measureLangGraph },
  rivet: { packages: ['@ironclad/rivet-node'], measure: measureRivet },
}

/**
 * The chains and fans of `executor.bench.ts` with other engines: `node bench/executor-peers.mjs NODES ROUNDS` prints rows as JSON.
 * They are no dependencies of the product: they go into a temporary folder and away again.
 */
function measurePeers(nodes, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-peers-'))
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  try {
    return Object.entries(engines).flatMap(([engine, { packages }]) => {
      execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], { cwd: folder, stdio: 'pipe' })
      return ['chain', 'fan'].map((shape) => ({
        engine,
        shape,
        state: 'cold',
        msPerNode: measureOne(folder, engine, shape, nodes, rounds),
      }))
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** In a process of its own, because one of them ends the process when it fails. */
function measureOne(folder, engine, shape, nodes, rounds) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), folder, engine, shape, nodes, rounds], { encoding: 'utf8' })
  const line = child.stdout.split('\n').find((text) => text.startsWith('median '))
  if (child.status === 0 && line) return Number(line.slice(7))
  const reason = /\w*Error: .*/.exec(child.stderr)?.[0] ?? `exit ${child.status}`
  return `fails: ${reason.slice(0, 60)}`
}

const arguments_ = process.argv.slice(2)
if (arguments_.length === 2) console.log(JSON.stringify(measurePeers(Number(arguments_[0]), Number(arguments_[1]))))
else await measureHere(...arguments_)

async function measureHere(folder, engine, shape, nodes, rounds) {
  const require = createRequire(join(folder, 'package.json'))
  const load = (name) => import(pathToFileURL(require.resolve(name)).href)
  const times = []
  for (let round = 0; round < Number(rounds); round++) times.push(await engines[engine].measure(load, shape, Number(nodes)))
  // Whatever still fails in the background must fail before the answer counts.
  await new Promise((resolve) => setTimeout(resolve, 200))
  console.log(`median ${times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]}`)
  process.exit(0)
}

async function measureLangGraph(load, shape, nodes) {
  const { StateGraph, Annotation, START, END } = await load('@langchain/langgraph')
  const State = Annotation.Root({ number: Annotation({ reducer: (a, b) => a + b, default: () => 0 }) })
  let graph = new StateGraph(State)
  const ids = Array.from({ length: nodes }, (_, i) => `a${i}`)
  for (const id of ids) graph = graph.addNode(id, () => ({ number: 1 }))
  if (shape === 'chain') {
    graph.addEdge(START, ids[0])
    for (const [i, id] of ids.slice(1).entries()) graph.addEdge(ids[i], id)
    graph.addEdge(ids.at(-1), END)
  } else {
    graph.addEdge(START, ids[0])
    const middle = ids.slice(1, -1)
    for (const id of middle) graph.addEdge(ids[0], id)
    graph.addEdge(middle, ids.at(-1))
    graph.addEdge(ids.at(-1), END)
  }
  const app = graph.compile()
  const before = performance.now()
  const { number } = await app.invoke({ number: 0 }, { recursionLimit: nodes + 10 })
  if (number !== nodes) throw new Error(`counted ${number} of ${nodes} nodes`)
  return (performance.now() - before) / nodes
}

async function measureRivet(load, shape, nodes) {
  const rivet = await load('@ironclad/rivet-node')
  const { project, graphId } = rivetProject(rivet, shape, nodes)
  const processor = rivet.createProcessor(project, { graph: graphId, inputs: {}, context: {}, openAiKey: '' })
  const before = performance.now()
  let finished = 0
  processor.processor.on('nodeFinish', () => finished++)
  await processor.run()
  if (finished !== nodes) throw new Error(`finished ${finished} of ${nodes} nodes`)
  return (performance.now() - before) / nodes
}

/** Text nodes that interpolate the one before them: Rivet's least node with an input. */
function rivetProject(rivet, shape, nodes) {
  const create = (text) => {
    const node = rivet.globalRivetNodeRegistry.create('text')
    node.data.text = text
    return node
  }
  const connect = (from, to, inputId) => ({ outputNodeId: from.id, outputId: 'output', inputNodeId: to.id, inputId })
  const list = []
  const connections = []
  if (shape === 'chain') {
    for (let i = 0; i < nodes; i++) {
      list.push(create(i === 0 ? '1' : '{{a}}'))
      if (i > 0) connections.push(connect(list[i - 1], list[i], 'a'))
    }
  } else {
    list.push(create('1'))
    for (let i = 1; i < nodes - 1; i++) {
      list.push(create('{{a}}'))
      connections.push(connect(list[0], list[i], 'a'))
    }
    const last = create(Array.from({ length: nodes - 2 }, (_, i) => `{{m${i}}}`).join(''))
    for (let i = 1; i < nodes - 1; i++) connections.push(connect(list[i], last, `m${i - 1}`))
    list.push(last)
  }
  const graph = rivet.emptyNodeGraph()
  graph.nodes = list
  graph.connections = connections
  const project = {
    metadata: { id: 'p', title: 'Bench', description: '', mainGraphId: graph.metadata.id },
    graphs: { [graph.metadata.id]: graph },
    plugins: [],
  }
  return { project, graphId: graph.metadata.id }
}

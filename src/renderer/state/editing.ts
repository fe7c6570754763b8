import type { ModelCard } from '../../shared/api'
import { canConnect } from '../../shared/graph/can-connect'
import { edited } from '../../shared/graph/diff'
import { formatEndpoint, type GraphDocument, type ModelAlias, parseEndpoint } from '../../shared/graph/document'
import {
  addModelAlias,
  addNode,
  addPort,
  addSubgraph,
  connect,
  disconnect,
  type Edited,
  resizeNode,
  setParam,
  setTitle,
  updateFrame,
  updateNote,
} from '../../shared/graph/edit'
import { editBody } from '../../shared/graph/edits/scope'
import { aliasValue } from '../../shared/graph/models'
import type { NodeSpecs } from '../../shared/graph/specs'
import type { Json } from '../../shared/json'
import { nameInWords } from '../../shared/names'
import type { NodeSpec } from '../../shared/node-spec'
import { exposedParams } from '../canvas/card-ports'
import { bestPort, kindAt } from '../canvas/connecting'
import type { App } from './app'
import { selectOnly } from './flow'
import { preferTab } from './panels'
import { placeFor, sizeOfEnd, sizeOfNew } from './placing'
import { edit, type Session, shownIn } from './session'
import type { HeldWire, PaletteRequest, Point } from './view'

/** What several screens do to a document: compositions of the kernel's edits, each one step of the history. */

export function editTitle(app: App, session: Session, id: string, title: string | undefined): void {
  if (title !== undefined) edit(session, 'Rename', (document) => setTitle(document, { node: id, title }))
  app.view.setState({ renaming: undefined })
  app.canvas?.focus()
}

export function editNote(session: Session, id: string, text: string): void {
  edit(session, 'Edit note', (document) => updateNote(document, { id, changes: { text } }))
}

export function resizeNote(
  session: Session,
  id: string,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): void {
  const { x, y, width, height } = box
  edit(session, 'Resize note', (document) => updateNote(document, { id, changes: { x, y, width, height } }))
}

/** Cards as wide, and where they show a value as tall, as a hand wants them; one without figures has the size it has by itself. */
export function editSizes(session: Session, sizes: { readonly [id: string]: { readonly width?: number; readonly height?: number } }): void {
  edit(session, 'Resize', (document) =>
    edited(
      document,
      Object.entries(sizes).reduce((at, [node, size]) => resizeNode(at, { node, ...size }).document, document),
    ),
  )
}

/** A folded frame stands for what is in it. */
export function foldFrames(session: Session, ids: readonly string[], collapsed: boolean): void {
  edit(session, collapsed ? 'Fold frame' : 'Unfold frame', (document) =>
    edited(
      document,
      ids.reduce((at, id) => updateFrame(at, { id, changes: { collapsed } }).document, document),
    ),
  )
}

export function editFrameTitle(session: Session, id: string, title: string): void {
  edit(session, 'Rename frame', (document) => updateFrame(document, { id, changes: { title } }))
}

/** Sets a param; what is typed into one field is one step. `undefined` goes back to the default. */
export function editParam(session: Session, node: string, param: string, value: Json | undefined, isTyping = false): void {
  edit(
    session,
    `Change ${nameInWords(param)}`,
    (document) => setParam(document, { node, param, value }),
    isTyping ? `${node}.${param}` : undefined,
  )
}

/** Names a model in the graph and gives it to a param, in one step. */
export function chooseModel(session: Session, node: string, param: string, card: ModelCard): void {
  edit(session, 'Choose model', (document) => {
    const named = addModelAlias(document, { wanted: card.catalog ?? card.name, model: aliasFor(card) })
    return edited(document, setParam(named.document, { node, param, value: aliasValue(named.alias) }).document)
  })
}

/** Names a model of a remote server in the graph and gives it to a param, in one step. */
export function chooseRemoteModel(
  session: Session,
  node: string,
  param: string,
  remote: { readonly backend: string; readonly model: string },
): void {
  edit(session, 'Choose model', (document) => {
    const named = addModelAlias(document, { wanted: remote.model, model: { hint: remote.model, remote } })
    return edited(document, setParam(named.document, { node, param, value: aliasValue(named.alias) }).document)
  })
}

export function aliasFor(card: ModelCard): ModelAlias {
  return {
    hint: card.name,
    ...(card.sha256 === undefined ? {} : { sha256: card.sha256 }),
    ...(card.catalog === undefined ? {} : { catalog: card.catalog }),
    ...(card.architecture ? { arch: card.architecture } : {}),
    ...(card.quantization ? { quant: card.quantization } : {}),
    ...(card.vocabulary === undefined ? {} : { vocab: card.vocabulary }),
  }
}

/** Shows or hides a param as a port of its card. Layout: it changes no result. */
export function exposeParam(session: Session, node: string, param: string, title: string, shown: boolean): void {
  edit(session, shown ? `Show “${title}” as a port` : `Hide the port “${title}”`, (document) =>
    editBody(document, {}, (body) => {
      const layout = body.ui.nodes[node] ?? { x: 0, y: 0 }
      const others = exposedParams(layout).filter((name) => name !== param)
      return {
        ...body,
        ui: { ...body.ui, nodes: { ...body.ui.nodes, [node]: { ...layout, exposed: shown ? [...others, param] : others } } },
      }
    }),
  )
}

/** A model as the node that writes with it. */
export function placeModel(app: App, session: Session, card: ModelCard, request: Pick<PaletteRequest, 'at'>): void {
  const id = placeNode(app, session, 'language-model', request)
  if (id !== undefined) chooseModel(session, id, 'model', card)
}

/** Puts a new node down as the palette was asked to: at a place, on a held wire, or into a wire. Selects it. Returns its id. */
export function placeNode(
  app: App,
  session: Session,
  type: string,
  request: Pick<PaletteRequest, 'at' | 'held' | 'splice'>,
): string | undefined {
  const { specs } = app.catalog.getState()
  const spec = specs.get(type)
  let id: string | undefined
  edit(session, `Add ${spec?.title ?? type}`, (before) => {
    const at = placeFor(session, request, sizeOfNew(before, spec))
    const added = spec?.container === undefined ? addNode(before, { type, v: spec?.version ?? 1, at }) : addContainer(before, spec, at)
    id = added.id
    const joined = request.splice
      ? spliced(added.document, specs, added.id, request.splice)
      : request.held
        ? joinedTo(added.document, specs, added.id, request.held)
        : added.document
    return edited(before, joined)
  })
  if (id !== undefined) showNew(app, session, id)
  return id
}

/** What is new is chosen, and its params stand open: it has no output yet. Put down left of what it feeds, it may lie outside: it is brought into view. */
function showNew(app: App, session: Session, id: string): void {
  selectOnly(session.flow, [id])
  preferTab(app.view, 'inspector', 'params')
  requestAnimationFrame(() => app.canvas?.reveal(id))
}

/** A Map, Loop or Subgraph comes with an empty graph inside: with one input, so that there is something to wire. */
function addContainer(document: GraphDocument, spec: NodeSpec, at: Point): Edited & { readonly id: string } {
  const homed = addSubgraph(document, { name: spec.title })
  const scope = homed.subgraph
  const faced = addPort(homed.document, {
    scope,
    side: 'inputs',
    name: spec.container === 'map' ? 'item' : 'value',
    type: 'text',
    at: { x: 0, y: 0 },
  })
  const added = addNode(faced.document, { type: spec.type, v: spec.version, subgraph: scope, at })
  return { ...edited(document, added.document), id: added.id }
}

/** A container takes every wire: where no port fits, the graph inside gets one more, named after what comes. */
export function growPort(session: Session, specs: NodeSpecs, node: string, held: HeldWire): boolean {
  const scope = shownIn(session).nodes[node]?.subgraph
  if (scope === undefined) return false
  const side = held.side === 'from' ? 'inputs' : 'outputs'
  const end = parseEndpoint(held.end)
  return edit(session, side === 'inputs' ? 'Add input' : 'Add output', (before) => {
    const wanted = end?.port || held.end.slice(1) || 'value'
    const row = Object.keys(before.subgraphs[scope]?.interface[side] ?? {}).length
    const added = addPort(before, { scope, side, name: wanted, type: held.kind, at: { x: side === 'inputs' ? -320 : 640, y: row * 180 } })
    const port = formatEndpoint({ node, port: added.name })
    return edited(
      before,
      held.side === 'from' ? connected(added.document, specs, held.end, port) : connected(added.document, specs, port, held.end),
    )
  })
}

/** The held wire ends in the best port of the node, if there is one. */
export function joinedTo(document: GraphDocument, specs: NodeSpecs, node: string, held: HeldWire): GraphDocument {
  const port = bestPort(document, specs, node, held)
  if (port === undefined) return document
  const [from, to] = held.side === 'from' ? [held.end, port] : [port, held.end]
  return connected(document, specs, from, to)
}

/** Connects where it may be connected; otherwise the same document. */
export function connected(document: GraphDocument, specs: NodeSpecs, from: string, to: string): GraphDocument {
  const answer = canConnect(document, document, specs, from, to)
  return answer.ok ? connect(document, { from, to: answer.to }).document : document
}

/** Puts a node into a wire through the first ports that fit on both sides. */
export function spliced(
  document: GraphDocument,
  specs: NodeSpecs,
  node: string,
  wire: { readonly from: string; readonly to: string },
): GraphDocument {
  const free = disconnect(document, { wires: [wire] }).document
  const input = bestPort(free, specs, node, { end: wire.from, side: 'from', kind: kindAt(document, specs, wire.from, 'from') ?? 'any' })
  const output = bestPort(free, specs, node, { end: wire.to, side: 'to', kind: kindAt(document, specs, wire.to, 'to') ?? 'any' })
  const into = parseEndpoint(input ?? '')
  const out = parseEndpoint(output ?? '')
  if (!into || !out) return document
  const first = connected(free, specs, wire.from, formatEndpoint(into))
  return connect(first, { from: formatEndpoint(out), to: wire.to }).document
}

/** A converter between two ends that do not meet, wired on both sides. */
export function insertConverter(
  app: App,
  session: Session,
  type: string,
  from: string,
  to: string,
  at: { readonly x: number; readonly y: number },
): void {
  const { specs } = app.catalog.getState()
  const spec = specs.get(type)
  edit(session, `Convert with ${spec?.title ?? type}`, (before) => {
    const added = addNode(before, { type, v: spec?.version ?? 1, at })
    const first = joinedTo(added.document, specs, added.id, { end: from, side: 'from', kind: kindAt(before, specs, from, 'from') ?? 'any' })
    return edited(before, joinedTo(first, specs, added.id, { end: to, side: 'to', kind: kindAt(before, specs, to, 'to') ?? 'any' }))
  })
}

/** A new input or output of the graph, on the held wire if there is one. */
export function placePort(app: App, session: Session, side: 'inputs' | 'outputs', request: Pick<PaletteRequest, 'at' | 'held'>): void {
  const { specs } = app.catalog.getState()
  let id = ''
  edit(session, side === 'inputs' ? 'Add input' : 'Add output', (before): Edited => {
    const { held } = request
    const at = placeFor(session, request, sizeOfEnd[side])
    const type = held?.kind ?? 'text'
    const wanted = held
      ? (parseEndpoint(held.end)?.port ?? (side === 'inputs' ? 'question' : 'answer'))
      : side === 'inputs'
        ? 'question'
        : 'answer'
    const added = addPort(before, {
      side,
      name: wanted || 'value',
      type,
      at,
      ...(side === 'outputs' && held?.side === 'from' ? { from: held.end } : {}),
    })
    id = `${side === 'inputs' ? '@' : '='}${added.name}`
    const joined = side === 'inputs' && held?.side === 'to' ? connected(added.document, specs, id, held.end) : added.document
    return edited(before, joined)
  })
  showNew(app, session, id)
}

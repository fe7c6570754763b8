import type { ModelCard } from '../../shared/api'
import { edited } from '../../shared/graph/diff'
import { formatEndpoint, type GraphDocument } from '../../shared/graph/document'
import { addModelAlias, addNode, connect, type Edited, setParam } from '../../shared/graph/edit'
import { aliasValue } from '../../shared/graph/models'
import type { NodeSpecs } from '../../shared/graph/specs'
import { type App, createGraph } from './app'
import { aliasFor } from './editing'
import { edit } from './session'

/** A graph of its own that merges models, ready to run: their plain average, written under the names of all. */
export async function mergeModels(app: App, cards: readonly ModelCard[]): Promise<void> {
  const session = await createGraph(app, `Merge ${new Intl.ListFormat('en').format(cards.map(({ name }) => name))}`)
  const { specs } = app.catalog.getState()
  if (session) edit(session, 'Merge models', (document) => mergeOf(document, cards, specs))
}

const column = 300
const row = 220

/** A node that loads each card, a merger of them all, and a node that writes what comes out. Pure. */
export function mergeOf(document: GraphDocument, cards: readonly ModelCard[], specs: NodeSpecs): Edited {
  const middle = ((cards.length - 1) * row) / 2
  const add = (before: GraphDocument, type: string, at: { readonly x: number; readonly y: number }, title?: string) =>
    addNode(before, { type, v: specs.get(type)?.version ?? 1, at, ...(title === undefined ? {} : { title }) })
  const merger = add(document, 'merger', { x: column, y: middle })
  const writer = add(merger.document, 'write-model', { x: 2 * column, y: middle })
  const name = cards.map((card) => card.name).join('-and-')
  const written = setParam(writer.document, { node: writer.id, param: 'name', value: name }).document
  const joined = connect(written, { from: `${merger.id}.weights`, to: `${writer.id}.weights` }).document
  const whole = cards.reduce((before, card, order) => {
    const { alias, document: known } = addModelAlias(before, { wanted: card.catalog ?? card.name, model: aliasFor(card) })
    const loaded = add(known, 'load-weights', { x: 0, y: order * row }, card.name)
    const set = setParam(loaded.document, { node: loaded.id, param: 'model', value: aliasValue(alias) }).document
    const to = formatEndpoint({ node: merger.id, port: 'models', order })
    return connect(set, { from: `${loaded.id}.weights`, to }).document
  }, joined)
  return edited(document, whole)
}

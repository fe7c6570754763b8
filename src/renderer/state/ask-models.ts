import type { ModelCard } from '../../shared/api'
import { edited } from '../../shared/graph/diff'
import { formatEndpoint, type GraphDocument } from '../../shared/graph/document'
import { addModelAlias, addNode, addPort, connect, type Edited, setParam } from '../../shared/graph/edit'
import { aliasValue } from '../../shared/graph/models'
import { showForm } from '../form/form-state'
import { type App, createGraph } from './app'
import { aliasFor } from './editing'
import { edit } from './session'

/** A graph of its own in which models answer one question beside each other, shown as a form: nothing is left to do but to ask. */
export async function askModels(app: App, cards: readonly ModelCard[]): Promise<void> {
  const names = cards.map(({ name }) => name)
  const session = await createGraph(app, `Ask ${new Intl.ListFormat('en').format(names)}`)
  if (!session) return
  const version = app.catalog.getState().specs.get('language-model')?.version ?? 1
  edit(session, 'Ask models', (document) => questionFor(document, cards, version))
  showForm(session.id, true)
}

const column = 360
const row = 280

/** One question, a language model for each card, an answer of each, under the model's name. Pure. */
export function questionFor(document: GraphDocument, cards: readonly ModelCard[], version: number): Edited {
  const middle = ((cards.length - 1) * row) / 2
  const question = addPort(document, { side: 'inputs', name: 'question', type: 'text', at: { x: 0, y: middle } })
  const asked = cards.reduce((before, card, place) => {
    const named = addModelAlias(before, { wanted: card.catalog ?? card.name, model: aliasFor(card) })
    const at = { x: column, y: place * row }
    const added = addNode(named.document, { type: 'language-model', v: version, title: card.name, at })
    const set = setParam(added.document, { node: added.id, param: 'model', value: aliasValue(named.alias) }).document
    const wired = connect(set, { from: `@${question.name}`, to: formatEndpoint({ node: added.id, port: 'prompt' }) }).document
    return addPort(wired, {
      side: 'outputs',
      name: card.name,
      type: 'text',
      from: formatEndpoint({ node: added.id, port: 'text' }),
      at: { x: 2 * column, y: at.y },
    }).document
  }, question.document)
  return edited(document, asked)
}

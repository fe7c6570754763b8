import { edited } from '../../shared/graph/diff'
import { addNode, setParam } from '../../shared/graph/edit'
import { portEntries } from '../panels/node-groups'
import { openBundle } from '../panels/run-actions'
import { type App, adopt } from '../state/app'
import { placeModel, placeNode, placePort } from '../state/editing'
import { placeEntry } from '../state/library'
import { edit, type Session } from '../state/session'
import { mostText, takeIn } from '../state/taking-in'
import { type Point, toast, toastError } from '../state/view'

/** What is dropped on the canvas: a node from the palette, a graph, a model file, texts and tables. */

export const nodeDragType = 'application/x-tributary-node'

export const libraryDragType = 'application/x-tributary-library'

export interface Dropped {
  /** a node kind of the list of nodes */
  readonly type?: string
  /** a published subgraph */
  readonly entry?: string
  readonly files: readonly File[]
  readonly text: string
  readonly at: Point
}

/** What a drag carries. */
export const droppedBy = (data: DataTransfer, at: Point): Dropped => {
  const [type, entry] = [data.getData(nodeDragType), data.getData(libraryDragType)]
  return { ...(type && { type }), ...(entry && { entry }), files: [...data.files], text: data.getData('text/plain'), at }
}

export async function dropFiles(app: App, session: Session | undefined, { type, entry, files, text, at }: Dropped): Promise<void> {
  try {
    const published = app.catalog.getState().library.find(({ graph }) => graph === entry)
    if (published && session) return await placeEntry(app, session, published, { at: { x: at.x - 120, y: at.y - 20 } })
    if (type !== undefined) {
      const place = { at: { x: at.x - 120, y: at.y - 20 } }
      const end = portEntries.find((entry) => entry.type === type)
      if (session && end) placePort(app, session, end.side, place)
      else if (session) placeNode(app, session, type, place)
      return
    }
    const texts: File[] = []
    for (const [i, file] of files.entries())
      if (!(await dropFile(app, session, file, { x: at.x + i * 40, y: at.y + i * 40 }))) texts.push(file)
    if (texts.length > 0) await addData(app, session, texts, at)
    if (files.length === 0 && text.trim() !== '' && session) placeText(app, session, text, at)
  } catch (error) {
    toastError(app.view, error)
  }
}

/** A model, a run or a graph; false: it is data. */
async function dropFile(app: App, session: Session | undefined, file: File, at: Point): Promise<boolean> {
  const name = file.name.toLowerCase()
  if (name.endsWith('.gguf') || name.endsWith('.safetensors')) await addModel(app, session, file, at)
  else if (name.endsWith('.trib-run.zip')) await openBundle(app, file)
  else if (isTable(file)) await addData(app, session, [file], at)
  else if (/\.(json|ya?ml)$/.test(name) && file.size <= mostText) {
    const text = await file.text()
    // a file that is named a graph is one, also where its text is damaged: then it is refused with what is wrong in it
    if (!name.endsWith('.trib.json') && !isGraph(text) && !isMergekit(text)) return false
    // Opening is always a copy of its own: nothing that is open is replaced.
    await adopt(app, await app.client.call('graphs.import', { text, file: file.name }))
  } else return false
  return true
}

export const isGraph = (text: string): boolean => /"format"\s*:\s*"tributary\/graph"/.test(text)

/** A configuration of MergeKit names its method at the beginning of a line. */
export const isMergekit = (text: string): boolean => /^merge_method\s*:/m.test(text)

async function addModel(app: App, session: Session | undefined, file: File, at: Point): Promise<void> {
  toast(app.view, 'info', app.house.upload ? `Taking in ${file.name}…` : 'Choose the file in the dialog that opens.')
  const card = app.house.upload ? await app.house.upload(file, 'model') : await app.client.call('models.pick')
  if (card === null) return
  const models = await app.client.call('models.list')
  app.catalog.setState({ models })
  toast(app.view, 'good', `${card.name} is in the library.`)
  if ('goodFor' in card && card.recipe !== undefined && card.sha256 !== undefined) {
    // A merged file brings the graph that made it, as a graph of its own.
    await adopt(app, await app.client.call('graphs.openRecipe', { sha256: card.sha256 }))
    return
  }
  if (!session || !('goodFor' in card)) return
  placeModel(app, session, card, { at })
}

/** Tables as a dataset, texts as documents: several at once are one folder. */
async function addData(app: App, session: Session | undefined, files: readonly File[], at: Point): Promise<void> {
  const card = await takeIn(app, files)
  if (!card) return
  toast(app.view, 'good', `${card.name} is in your data.`)
  if (!session) return
  const wanted = files.every(isTable) ? 'dataset' : 'documents'
  const spec = app.catalog.getState().specs.get(wanted)
  const param = Object.entries(spec?.params ?? {}).find(([, candidate]) => candidate.kind === 'resource')?.[0]
  if (!spec || param === undefined) return
  edit(session, `Add ${card.name}`, (before) => {
    const added = addNode(before, { type: wanted, v: spec.version, at })
    return edited(before, setParam(added.document, { node: added.id, param, value: card.id }).document)
  })
}

const isTable = ({ name }: File): boolean => /\.(csv|tsv|jsonl)$/i.test(name)

function placeText(app: App, session: Session, text: string, at: Point): void {
  const spec = app.catalog.getState().specs.get('text')
  if (!spec) return
  edit(session, 'Add text', (before) => addNode(before, { type: 'text', v: spec.version, params: { text: text.slice(0, 200_000) }, at }))
}

import type { RunCard } from '../../shared/api'
import { chooseFile, saveBytes } from '../parts/files'
import { askingFirst } from '../state/accepting'
import { type App, openGraph } from '../state/app'
import { refreshResources } from '../state/catalog'
import { isPast } from '../state/past'
import { followRun, leavePast, visitRun } from '../state/running'
import { toast, toastError } from '../state/view'

/** What can be done with a run of the past. */

export async function openRun(app: App, card: RunCard): Promise<void> {
  const session = await openGraph(app, card.graph)
  if (session) await visitRun(app, session, card)
}

export interface Again {
  /** the graph as it was then, or as it is now */
  readonly document: 'then' | 'now'
  /** this node and what follows, on that run's values */
  readonly from?: string
  /** nothing is taken from the cache: everything is computed anew */
  readonly fresh?: boolean
}

/** Runs again with the inputs and the seed of then, shows it on the canvas, and says whether the answer came out the same. */
export async function rerun(app: App, card: RunCard, { document, from, fresh = false }: Again): Promise<void> {
  await askingFirst(app, async () => {
    const session = await openGraph(app, card.graph)
    if (!session) return
    if (isPast(session)) await leavePast(app, session)
    const { run } = await app.client.call('runs.rerun', {
      run: card.id,
      document,
      cache: fresh ? 'ignore' : 'use',
      ...(from === undefined ? {} : { from }),
    })
    await followRun(app, session, run)
    if (fresh) await sayWhetherSame(app, card, run)
  })
}

/** Waits for the end of the run, which may have come before anybody listened. */
async function sayWhetherSame(app: App, before: RunCard, run: string): Promise<void> {
  const was = await hashesOf(app, before.id)
  const is = await new Promise<string>((found, failed) => {
    const look = () =>
      hashesOf(app, run).then((hashes) => {
        if (hashes === undefined) return
        end()
        found(hashes)
      }, failed)
    const end = app.client.on('run.listChanged', () => void look())
    void look()
  })
  if (was === is) toast(app.view, 'good', 'The same answer, to the last byte.', { hint: 'Equal graph, inputs, models and seed.' })
  else
    toast(app.view, 'info', 'The answer differs from that of then.', {
      hint: 'Compare both: a model, a document or the device has changed.',
    })
}

/** The outputs of a run by hash; undefined while it goes on. */
async function hashesOf(app: App, run: string): Promise<string | undefined> {
  const last = (await app.client.call('runs.events', { run, since: 0 })).at(-1)
  if (last?.type !== 'run.end') return undefined
  return JSON.stringify(
    Object.entries(last.outputs)
      .map(([name, { sha }]) => [name, sha])
      .sort(),
  )
}

export async function exportBundle(app: App, card: RunCard): Promise<void> {
  try {
    const { fileName, base64 } = await app.client.call('runs.export', { run: card.id })
    saveBytes(
      fileName,
      Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)),
      'application/zip',
    )
    toast(app.view, 'good', `Exported ${fileName}.`, { hint: 'Graph, inputs, events and values: it opens anywhere.' })
  } catch (error) {
    toastError(app.view, error)
  }
}

export async function chooseBundle(app: App): Promise<void> {
  const file = await chooseFile('.zip')
  if (file) await openBundle(app, file)
}

export async function openBundle(app: App, file: File): Promise<void> {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer())
    let binary = ''
    for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
    const { run } = await app.client.call('runs.import', { base64: btoa(binary) })
    await openRun(app, await app.client.call('runs.card', { run }))
  } catch (error) {
    toastError(app.view, error)
  }
}

/** A row of the graph's test cases: its inputs, and what came out as what is expected. */
export async function saveTestCase(app: App, card: RunCard): Promise<void> {
  try {
    const { name, rows } = await app.client.call('datasets.addCase', { run: card.id })
    await refreshResources(app.client, app.catalog)
    toast(app.view, 'good', `Saved as a test case in “${name}”, which has ${rows === 1 ? 'one row' : `${rows} rows`} now.`)
  } catch (error) {
    toastError(app.view, error)
  }
}

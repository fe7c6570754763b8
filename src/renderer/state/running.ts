import type { RunCard, RunRequest } from '../../shared/api'
import type { GraphDocument } from '../../shared/graph/document'
import { rootPath } from '../../shared/graph/focus'
import type { Json } from '../../shared/json'
import type { RunEvent } from '../../shared/run/events'
import { noRun } from '../../shared/run/fold'
import { showOrAsk } from './accepting'
import type { App } from './app'
import { controlFor } from './control'
import { showNow, showOther } from './document'
import { takeChoices } from './held'
import { createPace } from './pace'
import { openPanel, showsTab } from './panels'
import { isPast, type Past } from './past'
import { emptyRun, receive, refreshStale } from './run'
import { inputValue, type Session } from './session'
import { toast, toastError } from './view'

/** Starting, stopping, watching and reopening runs. */

/** Saves what waits, then starts. Every declared input goes along: typed, default or example. A part is run on the values of the run that is looked at. */
export async function startRun(app: App, session: Session, request: Omit<RunRequest, 'graph' | 'inputs'> = {}): Promise<void> {
  const { run } = session
  const seen = run.getState().asOf?.id
  const onValues = seen !== undefined && (request.from ?? request.only) !== undefined ? { fromRun: seen } : {}
  if (isPast(session)) await leavePast(app, session)
  if (run.getState().live || run.getState().starting) return
  run.setState({ starting: true })
  try {
    await session.autosave.settled()
    const { document } = session.document.getState()
    const control = controlFor(session.control.getState(), document)
    const asked = { inputs: inputsOf(session), ...control, ...onValues, ...request }
    const started = await app.client.call('runs.start', { graph: session.id, ...asked })
    run.setState({ ...emptyRun, id: started.run, ran: document, live: true, state: { ...noRun, run: started.run } })
    await watch(app, session, started.run, 0)
  } catch (error) {
    run.setState({ starting: false })
    if (hasIssues(error)) openPanel(app.view, 'dock', 'problems')
    showOrAsk(app, error, () => void startRun(app, session, request))
  }
}

/** Shows a run that was started elsewhere, from its first event on. */
export async function followRun(app: App, session: Session, run: string): Promise<void> {
  try {
    const { document } = await app.client.call('runs.snapshot', { run })
    session.run.setState({ ...emptyRun, id: run, ran: document, live: true, state: { ...noRun, run } })
    await watch(app, session, run, 0)
  } catch (error) {
    toastError(app.view, error)
  }
}

const hasIssues = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'graph-invalid'

export function inputsOf(session: Session): Record<string, Json> {
  const { inputs } = session.document.getState().document.interface
  const entries = Object.keys(inputs).map((name) => [name, inputValue(session, name)] as const)
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

export async function stopRun(app: App, session: Session): Promise<void> {
  const { id, live } = session.run.getState()
  if (id === undefined || !live) return
  await app.client.call('runs.stop', { run: id }).catch((error) => toastError(app.view, error))
}

/** Lets what pauses go on: all of it, or one step. */
export async function continueRun(app: App, session: Session, step: boolean): Promise<void> {
  const { id, live, state } = session.run.getState()
  if (id === undefined || !live) return
  try {
    for (const chosen of takeChoices(state.run, state.nodes)) await app.client.call('runs.choose', { run: id, ...chosen })
    await app.client.call('runs.continue', { run: id, step })
  } catch (error) {
    toastError(app.view, error)
  }
}

const watchers = new WeakMap<Session, () => void>()

/** Follows a run: what arrives before it is drawn is folded at once. Only text can wait a moment; what begins, ends or stops is seen in the next frame. */
async function watch(app: App, session: Session, run: string, since: number): Promise<void> {
  watchers.get(session)?.()
  let waiting: RunEvent[] = []
  const pace = createPace(() => {
    const events = waiting
    waiting = []
    receive(session.run, events)
    // A text that is held is shown where it can be gone on with.
    if (events.some(({ type }) => type === 'break.token') && !showsTab(app.view.getState(), 'dock', 'tokens'))
      openPanel(app.view, 'dock', 'tokens')
    if (!session.run.getState().live) ended(app, session)
  })
  const end = app.client.on('run.events', (push) => {
    if (push.run !== run) return
    waiting = waiting.concat(push.events)
    pace.ask(push.events.some(({ type }) => type !== 'token'))
  })
  watchers.set(session, end)
  await app.client.call('runs.watch', { run, since })
}

function ended(app: App, session: Session): void {
  watchers.get(session)?.()
  watchers.delete(session)
  const { state } = session.run.getState()
  if (state.status === 'failed' && state.error) toast(app.view, 'bad', state.error.message, { hint: state.error.hint })
  refreshStale(session.run, session.document.getState().document)
}

/** The last run of a graph is shown when it opens; one that is still going on is followed. */
export async function watchLatestRun(app: App, session: Session): Promise<void> {
  try {
    const [card] = await app.client.call('runs.list', { graph: session.id, limit: 1 })
    if (!card || isPast(session)) return
    const events = await app.client.call('runs.events', { run: card.id, since: 0 })
    const snapshot = await app.client.call('runs.snapshot', { run: card.id })
    // Meanwhile a run may have been started, or one of the past opened: that one stays.
    const now = session.run.getState()
    if (now.starting || now.live || isPast(session)) return
    session.run.setState({ ...emptyRun, id: card.id, ran: snapshot.document })
    receive(session.run, events)
    if (card.status === 'running') await watch(app, session, card.id, session.run.getState().state.seq + 1)
    else session.run.setState({ live: false })
    refreshStale(session.run, session.document.getState().document)
  } catch (error) {
    toastError(app.view, error)
  }
}

/** Shows a run as it was: its graph (not to be edited), its inputs, its values. */
export async function visitRun(app: App, session: Session, card: RunCard): Promise<void> {
  try {
    const [snapshot, events] = await Promise.all([
      app.client.call('runs.snapshot', { run: card.id }),
      app.client.call('runs.events', { run: card.id, since: 0 }),
    ])
    watchers.get(session)?.()
    session.past.setState({}, true)
    session.inputs.setState({ asOf: snapshot.inputs as Record<string, Json> })
    showOther(session.document, snapshot.document)
    session.run.setState({ ...emptyRun, id: card.id, ran: snapshot.document, asOf: card })
    receive(session.run, events)
    session.run.setState({ live: false })
  } catch (error) {
    toastError(app.view, error)
  }
}

/** Shows a document of the past, or two as one, without any run. */
export function lookAt(session: Session, document: GraphDocument, past: Past): void {
  watchers.get(session)?.()
  session.run.setState(emptyRun)
  session.inputs.setState({ asOf: undefined })
  session.past.setState(past, true)
  showOther(session.document, document)
  session.document.setState({ path: rootPath })
}

/** Back to the graph as it is now, with its history. */
export async function leavePast(app: App, session: Session): Promise<void> {
  session.past.setState({}, true)
  session.inputs.setState({ asOf: undefined })
  session.run.setState(emptyRun)
  showNow(session.document)
  await watchLatestRun(app, session)
}

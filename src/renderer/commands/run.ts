import { FastForward, Play, RefreshCw, Square, Target } from 'lucide-react'
import type { App } from '../state/app'
import { shownPath } from '../state/document'
import { startRun, stopRun } from '../state/running'
import { defineCommand } from './command'
import { hasGraph, selectedNodes, sessionOf } from './helpers'

const isIdle = (app: App) => hasGraph(app) && !sessionOf(app).run.getState().live && !sessionOf(app).run.getState().starting
/** What a run is asked for: the selected nodes; inside a container that container, which runs as a whole. */
function runnable(app: App): string[] {
  const [outermost] = shownPath(sessionOf(app).document.getState())
  return outermost ? [outermost.node] : selectedNodes(app)
}
const idleWithSelection = (app: App) => isIdle(app) && selectedNodes(app).length > 0

export default [
  defineCommand({
    id: 'run',
    title: 'Run',
    group: 'Run',
    icon: Play,
    keys: ['Mod+Enter'],
    inFields: true,
    menus: ['canvas'],
    isEnabled: isIdle,
    run: (app) => startRun(app, sessionOf(app)),
  }),
  defineCommand({
    id: 'stop',
    title: 'Stop',
    group: 'Run',
    icon: Square,
    keys: ['Mod+Alt+Enter'],
    inFields: true,
    isEnabled: (app) => hasGraph(app) && sessionOf(app).run.getState().live,
    run: (app) => stopRun(app, sessionOf(app)),
  }),
  defineCommand({
    id: 'run-to',
    title: 'Run to here',
    group: 'Run',
    icon: Target,
    keys: ['Mod+Shift+Enter'],
    menus: ['node'],
    synonyms: ['partial', 'until'],
    isEnabled: idleWithSelection,
    run: (app) => startRun(app, sessionOf(app), { to: runnable(app) }),
  }),
  defineCommand({
    id: 'run-from',
    title: 'Run from here on stored values',
    group: 'Run',
    icon: FastForward,
    keys: ['Alt+Enter'],
    menus: ['node'],
    isEnabled: (app) => idleWithSelection(app) && selectedNodes(app).length === 1,
    run: (app) => startRun(app, sessionOf(app), { from: runnable(app)[0] ?? '' }),
  }),
  defineCommand({
    id: 'run-only',
    title: 'Run only this, ignoring the cache',
    group: 'Run',
    icon: RefreshCw,
    keys: ['Shift+Alt+Enter'],
    menus: ['node'],
    synonyms: ['refresh', 'again'],
    isEnabled: idleWithSelection,
    run: (app) => startRun(app, sessionOf(app), { only: runnable(app), refresh: runnable(app) }),
  }),
  defineCommand({
    id: 'run-fresh',
    title: 'Run everything again, ignoring the cache',
    group: 'Run',
    isEnabled: isIdle,
    run: (app) => startRun(app, sessionOf(app), { cache: 'ignore' }),
  }),
]

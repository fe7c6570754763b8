import { CircleDot, Diamond, SkipForward, StepForward } from 'lucide-react'
import { placePrefix } from '../../shared/graph/focus'
import { portsOf } from '../../shared/graph/ports'
import type { Json } from '../../shared/json'
import type { App } from '../state/app'
import { pin, pinsOf, toggleBreakpoints } from '../state/control'
import { shownPath } from '../state/document'
import { prefixOf } from '../state/items'
import { openPanel } from '../state/panels'
import { isPaused, nodeRun } from '../state/run'
import { continueRun } from '../state/running'
import { shownIn } from '../state/session'
import { defineCommand } from './command'
import { hasGraph, hasSelection, selectedNodes, sessionOf } from './helpers'

/** Where the selected nodes stand, whatever container is entered. */
const selectedPlaces = (app: App): string[] => {
  const prefix = placePrefix(shownPath(sessionOf(app).document.getState()))
  return selectedNodes(app).map((id) => prefix + id)
}

const pauses = (app: App): boolean => hasGraph(app) && isPaused(sessionOf(app).run.getState())

export default [
  defineCommand({
    id: 'breakpoint',
    title: 'Set or remove a breakpoint',
    group: 'Run',
    icon: CircleDot,
    keys: ['F9'],
    menus: ['node'],
    synonyms: ['pause', 'debug', 'break'],
    isEnabled: hasSelection,
    run: (app) => toggleBreakpoints(sessionOf(app).control, selectedPlaces(app)),
  }),
  defineCommand({
    id: 'resume-run',
    title: 'Go on from the breakpoint',
    group: 'Run',
    icon: SkipForward,
    keys: ['F8'],
    synonyms: ['resume', 'continue'],
    isEnabled: pauses,
    run: (app) => continueRun(app, sessionOf(app), false),
  }),
  defineCommand({
    id: 'step-run',
    title: 'One step, then pause again',
    group: 'Run',
    icon: StepForward,
    keys: ['F10'],
    synonyms: ['step', 'next'],
    isEnabled: pauses,
    run: (app) => continueRun(app, sessionOf(app), true),
  }),
  defineCommand({
    id: 'pin-output',
    title: 'Pin the output, or unpin it',
    group: 'Node',
    icon: Diamond,
    keys: ['Shift+P'],
    menus: ['node'],
    synonyms: ['freeze', 'mock', 'fix value'],
    isEnabled: (app) => hasSelection(app) && selectedNodes(app).length === 1,
    run: togglePins,
  }),
]

/** Pins what the shown run gave, or an empty value where there is none, and opens it in the inspector to be edited. */
async function togglePins(app: App): Promise<void> {
  const session = sessionOf(app)
  const [id = ''] = selectedNodes(app)
  const [place = ''] = selectedPlaces(app)
  const pinned = pinsOf(session.control.getState(), place)
  if (pinned) {
    for (const port of Object.keys(pinned)) pin(session.control, place, port, undefined)
    return
  }
  const graph = shownIn(session)
  const node = graph.nodes[id]
  const spec = node && app.catalog.getState().specs.get(node.type)
  if (!node || !spec) return
  const run = session.run.getState()
  const given =
    nodeRun(run, prefixOf(session.items.getState(), run.state.nodes, shownPath(session.document.getState())) + id)?.outputs ?? {}
  for (const { name, wire, list } of portsOf(node, spec, graph).outputs.values()) {
    const sha = given[name]?.sha
    const value = sha === undefined ? emptyValue(wire, list) : ((await app.client.call('values.get', { sha })).data as Json)
    pin(session.control, place, name, value)
  }
  openPanel(app.view, 'inspector', 'output')
}

const emptyValue = (wire: string, list: boolean): Json =>
  list ? [] : wire === 'text' ? '' : wire === 'number' ? 0 : wire === 'boolean' ? false : null

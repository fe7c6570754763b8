import { CircleDot, Diamond, SkipForward, StepForward } from 'lucide-react'
import { portsOf } from '../../shared/graph/ports'
import type { Json } from '../../shared/json'
import type { App } from '../state/app'
import { pin, pinsOf, toggleBreakpoints } from '../state/control'
import { shownScope } from '../state/document'
import { isPaused, nodeRun } from '../state/run'
import { continueRun } from '../state/running'
import { defineCommand } from './command'
import { hasGraph, hasSelection, selectedNodes, sessionOf } from './helpers'

/** Runs are held at nodes of the graph itself, not inside its containers. */
const isOutside = (app: App): boolean => hasSelection(app) && shownScope(sessionOf(app).document.getState()) === undefined

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
    isEnabled: isOutside,
    run: (app) => toggleBreakpoints(sessionOf(app).control, selectedNodes(app)),
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
    isEnabled: (app) => isOutside(app) && selectedNodes(app).length === 1,
    run: togglePins,
  }),
]

/** Pins what the shown run gave, or an empty value where there is none, and opens it in the inspector to be edited. */
async function togglePins(app: App): Promise<void> {
  const session = sessionOf(app)
  const [id = ''] = selectedNodes(app)
  const pinned = pinsOf(session.control.getState(), id)
  if (pinned) {
    for (const port of Object.keys(pinned)) pin(session.control, id, port, undefined)
    return
  }
  const { document } = session.document.getState()
  const node = document.nodes[id]
  const spec = node && app.catalog.getState().specs.get(node.type)
  if (!node || !spec) return
  const given = nodeRun(session.run.getState(), id)?.outputs ?? {}
  for (const { name, wire, list } of portsOf(node, spec, document).outputs.values()) {
    const sha = given[name]?.sha
    const value = sha === undefined ? emptyValue(wire, list) : ((await app.client.call('values.get', { sha })).data as Json)
    pin(session.control, id, name, value)
  }
  app.view.setState({ inspector: true, inspectorTab: 'output' })
}

const emptyValue = (wire: string, list: boolean): Json =>
  list ? [] : wire === 'text' ? '' : wire === 'number' ? 0 : wire === 'boolean' ? false : null

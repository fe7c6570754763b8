import type { GraphNode } from '../../shared/graph/document'
import { type Fork, keepVariant, setFork } from '../../shared/graph/edit'
import { paramValue } from '../../shared/graph/ports'
import type { Json } from '../../shared/json'
import { nameInWords } from '../../shared/names'
import type { NodeSpec, ParamSpec } from '../../shared/node-spec'
import { askingFirst } from '../state/accepting'
import type { App } from '../state/app'
import { shownScope } from '../state/document'
import { growDock, openPanel } from '../state/panels'
import { isPast } from '../state/past'
import { followRun, inputsOf, leavePast } from '../state/running'
import { editWhole, type Session } from '../state/session'

/** Begins a fork: A is what the param is now, B something near it to start from. */
export function beginFork(app: App, session: Session, id: string, node: GraphNode, spec: NodeSpec, param: string): void {
  const declared = spec.params[param]
  if (!declared) return
  const value = (paramValue(node, spec, param) ?? null) as Json
  changeFork(session, { scope: shownScope(session.document.getState()), node: id, param, values: [value, another(declared, value)] })
  openPanel(app.view, 'dock', 'variants')
  growDock(app.view)
}

export function changeFork(session: Session, fork: Fork, isTyping = false): void {
  editWhole(
    session,
    `Variants of ${nameInWords(fork.param)}`,
    (document) => setFork(document, fork),
    isTyping ? `fork ${fork.scope ?? ''} ${fork.node}.${fork.param}` : undefined,
  )
}

export function keep(session: Session, fork: Fork, index: number): void {
  editWhole(session, `Keep a variant of ${nameInWords(fork.param)}`, (document) => keepVariant(document, { ...fork, index }))
}

/** Runs every variant; the canvas follows them one after the other. */
export async function runFork(app: App, session: Session, fork: Fork): Promise<void> {
  await askingFirst(app, async () => {
    if (isPast(session)) await leavePast(app, session)
    await session.autosave.settled()
    const { run } = await app.client.call('runs.startVariants', {
      graph: session.id,
      inputs: inputsOf(session),
      ...(fork.scope === undefined ? {} : { scope: fork.scope }),
      node: fork.node,
      param: fork.param,
      values: [...fork.values],
    })
    await followRun(app, session, run)
  })
}

/** A value beside the given one. Pure. */
export function another(param: ParamSpec, value: Json): Json {
  switch (param.kind) {
    case 'number': {
      const now = typeof value === 'number' ? value : 0
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer } = param
      const step = Number.isFinite(max - min) && max - min <= 4 ? (max - min) / 4 : Math.max(1, Math.abs(now) / 2)
      const next = now + step <= max ? now + step : now - step
      const rounded = integer ? Math.round(next) : Number(next.toPrecision(3))
      return Math.max(min, Math.min(max, rounded))
    }
    case 'boolean':
      return value !== true
    case 'choice': {
      const at = param.options.findIndex((option) => option.value === value)
      return param.options[(at + 1) % param.options.length]?.value ?? value
    }
    default:
      return value
  }
}

import { parseEndpoint } from '../../shared/graph/document'
import { addPort, disconnect, removeNodes, replaceType, setParam } from '../../shared/graph/edit'
import { migrateNodes } from '../../shared/graph/migrate'
import type { Issue } from '../../shared/graph/validate'
import { nameInWords } from '../../shared/names'
import type { WireKind } from '../../shared/wire'
import { kindAt } from '../canvas/connecting'
import type { App } from '../state/app'
import { insertConverter } from '../state/editing'
import { selectOnly } from '../state/flow'
import { openPanel } from '../state/panels'
import { showScope } from '../state/places'
import { edit, type Session } from '../state/session'
import { toastError } from '../state/view'
import { openPaletteAt } from './open-palette'

/** The remedy of an issue as a button. */
export interface Fix {
  readonly label: string
  run(): void
}

/** What puts an issue right. In an inner graph the person is taken there first, and sees it done. */
export function fixFor(app: App, session: Session, issue: Issue): Fix | undefined {
  const fix = fixOf(app, session, issue)
  return (
    fix && {
      label: fix.label,
      run: () => {
        showScope(app, session, issue.scope)
        fix.run()
      },
    }
  )
}

function fixOf(app: App, session: Session, issue: Issue): Fix | undefined {
  const { remedy } = issue
  const { specs, models } = app.catalog.getState()
  if (!remedy) return undefined
  switch (remedy.type) {
    case 'insert-converter':
      return { label: `Put “${specs.get(remedy.nodeType)?.title ?? remedy.nodeType}” between`, run: () => convert(app, session, remedy) }
    case 'connect':
      return { label: 'Find what to connect', run: () => offer(app, session, remedy.to, remedy.kind) }
    case 'disconnect':
      return {
        label: 'Take the wire off',
        run: () => void edit(session, 'Remove wire', (document) => disconnect(document, { wires: [remedy] })),
      }
    case 'set-param':
      return remedy.value === undefined
        ? { label: 'Set it', run: () => show(app, session, remedy.node) }
        : {
            label: `Set to ${JSON.stringify(remedy.value)}`,
            run: () =>
              void edit(session, `Change ${nameInWords(remedy.param)}`, (document) =>
                setParam(document, { node: remedy.node, param: remedy.param, value: remedy.value }),
              ),
          }
    case 'remove-param':
      return {
        label: 'Forget it',
        run: () =>
          void edit(session, `Remove ${nameInWords(remedy.param)}`, (document) =>
            setParam(document, { node: remedy.node, param: remedy.param, value: undefined }),
          ),
      }
    case 'choose-model':
      return { label: 'Choose a model', run: () => show(app, session, remedy.node) }
    case 'pull-model': {
      const card = models.find((model) => model.catalog === remedy.catalog)
      const { catalog } = remedy
      if (catalog === undefined) return { label: 'Open Models', run: () => app.view.setState({ screen: 'models' }) }
      const size = card ? ` ${Math.round(card.sizeBytes / 1e6)} MB` : ''
      return {
        label: `Download${size}`,
        run: () => void app.client.call('models.pull', { id: catalog }).catch((error) => toastError(app.view, error)),
      }
    }
    case 'replace-model':
      return issue.node
        ? { label: 'Use another model', run: () => show(app, session, issue.node ?? '') }
        : { label: 'Open Models', run: () => app.view.setState({ screen: 'models' }) }
    case 'replace-node':
      return {
        label: `Replace by “${specs.get(remedy.nodeType)?.title ?? remedy.nodeType}”`,
        run: () =>
          void edit(session, 'Replace node', (document) =>
            replaceType(document, { node: remedy.node, type: remedy.nodeType, v: specs.get(remedy.nodeType)?.version ?? 1 }),
          ),
      }
    case 'upgrade-node':
      return {
        label: 'Upgrade',
        run: () => void edit(session, 'Upgrade node', (document) => migrateNodes(document, specs, { nodes: [remedy.node] })),
      }
    case 'remove-node':
      return {
        label: 'Remove it',
        run: () => void edit(session, 'Remove node', (document) => removeNodes(document, { nodes: [remedy.node] })),
      }
    case 'add-output':
      return { label: 'Make it an output', run: () => addOutput(app, session, remedy.from) }
    default:
      return remedy satisfies never
  }
}

function show(app: App, session: Session, node: string): void {
  selectOnly(session.flow, [node])
  openPanel(app.view, 'inspector', 'params')
  app.canvas?.fit([node])
}

function place(session: Session, node: string) {
  const found = session.flow.getState().nodes.find((candidate) => candidate.id === node)
  return found?.position ?? { x: 0, y: 0 }
}

function convert(app: App, session: Session, remedy: { readonly from: string; readonly to: string; readonly nodeType: string }): void {
  const target = place(session, parseEndpoint(remedy.to)?.node ?? '')
  edit(session, 'Remove wire', (document) => disconnect(document, { wires: [remedy] }))
  insertConverter(app, session, remedy.nodeType, remedy.from, remedy.to, { x: target.x - 300, y: target.y })
}

function offer(app: App, session: Session, to: string, kind: WireKind): void {
  const at = place(session, parseEndpoint(to)?.node ?? '')
  const left = { x: at.x - 80, y: at.y }
  openPaletteAt(app, app.canvas?.toScreen(left) ?? { x: 300, y: 200 }, { held: { end: to, side: 'to', kind } })
}

function addOutput(app: App, session: Session, from: string): void {
  const end = parseEndpoint(from)
  const at = place(session, end?.node ?? '')
  edit(session, 'Add output', (document) =>
    addPort(document, {
      side: 'outputs',
      name: end?.port || 'answer',
      type: kindAt(document, app.catalog.getState().specs, from, 'from') ?? 'text',
      from,
      at: { x: at.x + 330, y: at.y },
    }),
  )
}

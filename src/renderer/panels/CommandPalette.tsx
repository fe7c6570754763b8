import { Command } from 'cmdk'
import { Boxes, CircleDot, FileText, LayoutTemplate } from 'lucide-react'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { GraphDocument, GraphNode } from '../../shared/graph/document'
import { focusOn } from '../../shared/graph/focus'
import { commandGroups } from '../commands/command'
import { commands, isEnabled, keysIn, runCommand } from '../commands/registry'
import { Keys } from '../parts/parts'
import { activeSession, createGraph, openGraph } from '../state/app'
import { placeNode } from '../state/editing'
import { useApp, useCatalog } from '../state/hooks'
import { showNode } from '../state/places'
import { search } from './search'

interface Row {
  readonly key: string
  readonly title: string
  readonly group: string
  readonly words: readonly string[]
  readonly icon?: ReactNode
  readonly keys?: string | undefined
  readonly detail?: string
  readonly disabled?: boolean
  act(): void
}

/** Every command, node kind, node of this graph, graph, template and model, by a few letters. */
export function CommandPalette({ onClose }: { onClose(): void }) {
  const app = useApp()
  const [query, setQuery] = useState('')
  const catalog = useCatalog((state) => state)
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    if (dialog && !dialog.open) dialog.showModal()
  }, [])
  const rows = useMemo(() => {
    const session = activeSession(app)
    const all: Row[] = commands.map((command) => {
      const Icon = command.icon
      return {
        key: command.id,
        title: command.title,
        group: command.group,
        words: [command.id, ...(command.synonyms ?? [])],
        icon: Icon ? <Icon /> : undefined,
        keys: keysIn(app, command.id)[0],
        disabled: !isEnabled(command, app),
        act: () => runCommand(app, command.id),
      }
    })
    if (session) {
      const { document, readOnly } = session.document.getState()
      for (const [scope, id, node] of everyNode(document))
        all.push({
          key: `here ${scope ?? ''}/${id}`,
          title: node.title || catalog.specs.get(node.type)?.title || id,
          group: 'In this graph',
          words: [id, node.type],
          icon: <CircleDot />,
          detail: id,
          act: () => {
            showNode(app, session, scope, id)
          },
        })
      if (!readOnly)
        for (const spec of catalog.specs.values())
          all.push({
            key: `add ${spec.type}`,
            title: `Add ${spec.title}`,
            group: 'Add a node',
            words: [spec.title, ...(spec.synonyms ?? [])],
            detail: spec.summary,
            act: () => placeNode(app, session, spec.type, { at: app.canvas?.centre() ?? { x: 0, y: 0 } }),
          })
    }
    for (const graph of catalog.graphs)
      all.push({
        key: `graph ${graph.id}`,
        title: graph.name || 'Untitled',
        group: 'Graphs',
        words: ['open'],
        icon: <FileText />,
        act: () => void openGraph(app, graph.id),
      })
    for (const template of catalog.templates)
      all.push({
        key: `template ${template.id}`,
        title: template.title,
        group: 'Templates',
        words: ['template', 'new'],
        icon: <LayoutTemplate />,
        detail: template.summary,
        act: () => void createGraph(app, template.title, { id: template.id, real: false }),
      })
    for (const model of catalog.models)
      all.push({
        key: `model ${model.sha256 ?? model.name}`,
        title: model.name,
        group: 'Models',
        words: [model.architecture, model.catalog ?? ''],
        icon: <Boxes />,
        act: () => app.view.setState({ screen: 'models' }),
      })
    return all
  }, [app, catalog])
  const found = useMemo(() => {
    const hits = search(rows, query, ({ title, words, detail }) => ({ title, words, summary: detail ?? '' })).filter(
      (row) => query !== '' || !row.disabled,
    )
    return query === '' ? hits.filter((row) => (commandGroups as readonly string[]).includes(row.group)) : hits.slice(0, 60)
  }, [rows, query])
  const [chosen, setChosen] = useState('')
  const current = found.some((row) => row.key === chosen) ? chosen : (found[0]?.key ?? '')
  const groups = [...new Set(found.map((row) => row.group))]
  return (
    <dialog
      ref={ref}
      className="dialog command-dialog"
      aria-label="All commands"
      data-testid="command-palette"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onPointerDown={(event) => event.target === ref.current && onClose()}
    >
      <Command label="All commands" shouldFilter={false} loop value={current} onValueChange={setChosen}>
        <Command.Input
          className="command-input"
          placeholder="What do you want to do?"
          autoFocus
          value={query}
          onValueChange={(next) => {
            setQuery(next)
            setChosen('')
          }}
        />
        <Command.List className="command-list">
          <Command.Empty>Nothing by this name.</Command.Empty>
          {groups.map((group) => (
            <Command.Group key={group} heading={group}>
              {found
                .filter((row) => row.group === group)
                .map((row) => (
                  <Command.Item
                    key={row.key}
                    value={row.key}
                    className="menu-item"
                    disabled={row.disabled ?? false}
                    onSelect={() => {
                      onClose()
                      row.act()
                    }}
                  >
                    {row.icon ?? <i className="icon-space" />}
                    <span>{row.title}</span>
                    {row.detail ? <small className="faint command-detail">{row.detail}</small> : null}
                    {row.keys ? <Keys keys={row.keys} /> : null}
                  </Command.Item>
                ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </dialog>
  )
}

/** The nodes of a graph and of all graphs inside it, each with the graph that it is in. */
function everyNode(document: GraphDocument): (readonly [string | undefined, string, GraphNode])[] {
  return [undefined, ...Object.keys(document.subgraphs)].flatMap((scope) =>
    Object.entries(focusOn(document, scope).nodes).map(([id, node]) => [scope, id, node] as const),
  )
}

import { Command } from 'cmdk'
import { ChevronsUpDown, Cpu, Download } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState } from 'react'
import type { Backend, ModelCard } from '../../shared/api'
import { aliasOf, isGoodFor, nameModel, resolveModel } from '../../shared/graph/models'
import type { ModelNeed } from '../../shared/node-spec'
import { formatBytes } from '../parts/format'
import { chooseModel, chooseRemoteModel, editParam } from '../state/editing'
import { useApp, useCatalog, useDocument, useSession } from '../state/hooks'
import { toastError } from '../state/view'
import { RemoteModelForm } from './RemoteModelForm'

const noBackends: readonly Backend[] = []

/** A model of the library for a param: what is here first, then what can be downloaded; only what can do what the node needs. */
export function ModelField({
  node,
  name,
  needs,
  optional,
  value,
  label,
}: {
  node: string
  name: string
  needs: ModelNeed | readonly ModelNeed[]
  optional: boolean
  value: unknown
  label: string
}) {
  const app = useApp()
  const session = useSession()
  const [open, setOpen] = useState(false)
  const readOnly = useDocument((state) => state.readOnly)
  const alias = aliasOf(value)
  const named = useDocument((state) => (alias === undefined ? undefined : state.document.models[alias]))
  const models = useCatalog((catalog) => catalog.models)
  const backends = useCatalog((catalog) => catalog.settings?.backends) ?? noBackends
  const here = named ? (resolveModel(named, models) as ModelCard | undefined) : undefined
  const offered = models.filter((model) => isGoodFor(model.goodFor, needs) || model.goodFor.length === 0)
  const absent = here && here.state !== 'present'
  const text = here?.name ?? (named ? nameModel(alias ?? '', named) : alias ? `${alias} (unknown)` : optional ? 'none' : 'Choose a model…')
  const choose = (card: ModelCard) => {
    chooseModel(session, node, name, card)
    setOpen(false)
    if (card.state === 'absent' && card.catalog)
      app.client.call('models.pull', { id: card.catalog }).catch((error) => toastError(app.view, error))
  }
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button type="button" className="field pick" disabled={readOnly} data-testid={`model-field-${node}-${name}`}>
          <Cpu aria-hidden />
          <span className="sr-only">{`${label}: `}</span>
          <span className={named ? 'pick-text' : 'pick-text faint'}>{text}</span>
          {here?.toy ? <span className="chip">toy</span> : null}
          {absent ? <span className="chip warn">not here</span> : null}
          {named?.remote ? <span className="chip">remote</span> : null}
          <ChevronsUpDown aria-hidden />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="menu model-menu" align="start" sideOffset={4} collisionPadding={8}>
          <Command label="Models" loop>
            <Command.Input className="field" placeholder="Find a model…" />
            <Command.List>
              <Command.Empty>No such model.</Command.Empty>
              {optional ? (
                <Command.Item
                  className="menu-item"
                  onSelect={() => {
                    editParam(session, node, name, undefined)
                    setOpen(false)
                  }}
                >
                  none
                </Command.Item>
              ) : null}
              {[...offered].sort(hereFirst).map((card) => (
                <Command.Item
                  key={card.sha256 ?? card.catalog ?? card.name}
                  className="menu-item"
                  value={`${card.name} ${card.architecture} ${card.catalog ?? ''}`}
                  onSelect={() => choose(card)}
                >
                  {card.state === 'present' ? <Cpu aria-hidden /> : <Download aria-hidden />}
                  <span className="two-lines">
                    <span>{card.name}</span>
                    <small>
                      {card.toy
                        ? card.description
                        : [card.parameters, card.quantization, formatBytes(card.sizeBytes)].filter(Boolean).join(' · ')}
                    </small>
                  </span>
                  {card.toy ? <span className="chip">toy</span> : null}
                  {card.state === 'present' ? null : <span className="chip">download</span>}
                </Command.Item>
              ))}
            </Command.List>
          </Command>
          {backends.length > 0 && needs !== 'weights' ? (
            <RemoteModelForm
              backends={backends}
              first={named?.remote}
              onChoose={(remote) => {
                chooseRemoteModel(session, node, name, remote)
                setOpen(false)
              }}
            />
          ) : null}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

const hereFirst = (a: ModelCard, b: ModelCard) =>
  Number(b.state === 'present') - Number(a.state === 'present') || Number(a.toy) - Number(b.toy)

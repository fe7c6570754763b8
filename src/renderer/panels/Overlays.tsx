import { ArrowRight, Wand2, X } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { nameEnd } from '../../shared/graph/name-end'
import { commands, isEnabled, keysIn, runCommand } from '../commands/registry'
import { Dialog, Keys } from '../parts/parts'
import { PlanSheet } from '../plan/PlanSheet'
import { activeSession } from '../state/app'
import { insertConverter } from '../state/editing'
import { selectOnly } from '../state/flow'
import { useApp, useCatalog, useView } from '../state/hooks'
import { shownIn } from '../state/session'
import { closeOverlay, type Overlay, type Refusal } from '../state/view'
import { SaveVersion } from '../versions/SaveVersion'
import { AcceptModels } from './AcceptModels'
import { CommandPalette } from './CommandPalette'
import { KeysHelp } from './KeysHelp'
import { PublishSheet, UpdateSheet } from './LibrarySheets'
import { OutputValue } from './OutputValue'
import { QuickPalette } from './QuickPalette'
import { TemplateSheet } from './TemplateSheet'
import './overlays.css'

/** Whatever is open above the screens: one thing at a time. */
export function Overlays() {
  const app = useApp()
  const overlay = useView((view) => view.overlay)
  const session = activeSession(app)
  const close = () => closeOverlay(app.view)
  switch (overlay.type) {
    case 'none':
      return null
    case 'palette':
      return session ? <QuickPalette session={session} request={overlay.request} /> : null
    case 'commands':
      return <CommandPalette onClose={close} />
    case 'keys':
      return <KeysHelp onClose={close} />
    case 'refusal':
      return <RefusalChip refusal={overlay.refusal} />
    case 'menu':
      return <ContextMenu overlay={overlay} />
    case 'value':
      return (
        <Dialog title={overlay.title} onClose={close} wide>
          <OutputValue output={overlay.output} node={overlay.node} />
        </Dialog>
      )
    case 'plan':
      return session ? <PlanSheet session={session} onClose={close} /> : null
    case 'template':
      return <TemplateSheet model={overlay.model} onClose={close} />
    case 'accept-models':
      return <AcceptModels models={overlay.models} again={overlay.again} onClose={close} />
    case 'save-version':
      return session ? <SaveVersion session={session} onClose={close} /> : null
    case 'publish':
      return session ? <PublishSheet session={session} subgraph={overlay.subgraph} title={overlay.name} onClose={close} /> : null
    case 'update':
      return session ? <UpdateSheet session={session} subgraph={overlay.subgraph} onClose={close} /> : null
    default:
      return overlay satisfies never
  }
}

/** Why a wire may not end there, and what would convert. */
function RefusalChip({ refusal }: { refusal: Refusal }) {
  const app = useApp()
  const converter = useCatalog((catalog) => (refusal.converter ? catalog.specs.get(refusal.converter) : undefined))
  const ref = useDismiss()
  const session = activeSession(app)
  const { specs } = app.catalog.getState()
  const nodes = session ? shownIn(session).nodes : {}
  const ends = { from: nameEnd(refusal.from, 'outputs', { nodes }, specs), to: nameEnd(refusal.to, 'inputs', { nodes }, specs) }
  const convert = () => {
    if (session && converter)
      insertConverter(app, session, converter.type, refusal.from, refusal.to, {
        x: Math.round(refusal.at.x - 300),
        y: Math.round(refusal.at.y - 40),
      })
    closeOverlay(app.view)
  }
  return (
    <div
      ref={ref}
      className="refusal"
      role="alertdialog"
      aria-label="These do not fit"
      data-testid="refusal"
      style={{
        left: Math.min(refusal.screen.x + 10, window.innerWidth - 340),
        top: Math.min(refusal.screen.y + 10, window.innerHeight - 190),
      }}
    >
      <button type="button" className="btn quiet icon small refusal-close" aria-label="Close" onClick={() => closeOverlay(app.view)}>
        <X />
      </button>
      <p className="refusal-ends">
        {ends.from} <ArrowRight aria-label="to" /> {ends.to}
      </p>
      <p>{`${refusal.reason.charAt(0).toUpperCase()}${refusal.reason.slice(1)}.`}</p>
      {converter ? (
        <button type="button" className="btn primary" data-testid="insert-converter" onClick={convert}>
          <Wand2 /> {`Put “${converter.title}” between`}
        </button>
      ) : null}
    </div>
  )
}

function ContextMenu({ overlay }: { overlay: Extract<Overlay, { type: 'menu' }> }) {
  const app = useApp()
  const ref = useDismiss()
  const session = activeSession(app)
  useEffect(() => {
    if (!session || overlay.id === undefined) return
    const { selectedNodes, selectedWires } = session.flow.getState()
    if (overlay.target === 'node' && !selectedNodes.includes(overlay.id)) selectOnly(session.flow, [overlay.id])
    if (overlay.target === 'wire' && !selectedWires.includes(overlay.id)) selectOnly(session.flow, [], [overlay.id])
  }, [session, overlay])
  const [place, setPlace] = useState({ left: overlay.screen.x, top: overlay.screen.y })
  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect()
    if (box)
      setPlace({
        left: Math.max(4, Math.min(overlay.screen.x, window.innerWidth - box.width - 8)),
        top: Math.max(4, Math.min(overlay.screen.y, window.innerHeight - box.height - 8)),
      })
    ref.current?.querySelector<HTMLElement>('[role=menuitem]:not([data-disabled])')?.focus()
  }, [ref, overlay.screen])
  const entries = commands.filter((command) => command.menus?.includes(overlay.target))
  return (
    <div
      ref={ref}
      className="menu context-menu"
      role="menu"
      aria-label="What can be done here"
      style={place}
      onKeyDown={(event) => {
        if (event.key === 'Escape') closeOverlay(app.view)
        if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
        event.preventDefault()
        const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')]
        const at = items.indexOf(document.activeElement as HTMLElement)
        items[(at + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length]?.focus()
      }}
    >
      {entries.map((command, i) => {
        const Icon = command.icon
        const disabled = !isEnabled(command, app)
        return (
          <div key={command.id}>
            {i > 0 && entries[i - 1]?.group !== command.group ? <div className="menu-line" /> : null}
            <button
              type="button"
              role="menuitem"
              className={command.danger ? 'menu-item danger' : 'menu-item'}
              disabled={disabled}
              data-disabled={disabled || undefined}
              onClick={() => {
                closeOverlay(app.view)
                runCommand(app, command.id)
              }}
            >
              {Icon ? <Icon /> : <i className="icon-space" />}
              <span>{command.title}</span>
              {keysIn(app, command.id)[0] ? <Keys keys={keysIn(app, command.id)[0] ?? ''} /> : null}
            </button>
          </div>
        )
      })}
    </div>
  )
}

/** Closes the overlay when the pointer goes down elsewhere, or on Escape. */
function useDismiss() {
  const app = useApp()
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const outside = (event: Event) => {
      if (event.target instanceof Node && ref.current?.contains(event.target)) return
      closeOverlay(app.view)
    }
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') closeOverlay(app.view)
    }
    window.addEventListener('pointerdown', outside, true)
    window.addEventListener('keydown', closeOnEscape)
    return () => {
      window.removeEventListener('pointerdown', outside, true)
      window.removeEventListener('keydown', closeOnEscape)
    }
  }, [app])
  return ref
}

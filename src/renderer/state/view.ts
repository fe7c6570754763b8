import { createStore } from 'zustand/vanilla'
import type { ModelCard, UnknownModel } from '../../shared/api'
import type { OutputState } from '../../shared/run/fold'
import type { WireKind } from '../../shared/wire'
import { firstPanels, type Panels, panelsForNew, panelsOf } from './panels'

/** What the person looks at: screen, tabs, panels, what is open above the canvas. Nothing here is part of a document or a run. */
export type Screen = 'home' | 'canvas' | 'templates' | 'models' | 'datasets' | 'runs' | 'compare' | 'settings'
export interface Point {
  readonly x: number
  readonly y: number
}

/** The end of a wire that is held in the hand while the palette is open. */
export interface HeldWire {
  /** `node.port` or `@input` when pulled from an output; the input's endpoint when pulled from an input */
  readonly end: string
  readonly side: 'from' | 'to'
  readonly kind: WireKind
}

export interface PaletteRequest {
  /** where it opens, in pixels of the window */
  readonly screen: Point
  /** where the node goes, in canvas coordinates */
  readonly at: Point
  readonly held?: HeldWire
  /** opened with Ctrl and a click: while Ctrl is held, the next node hangs on the one that was just added */
  readonly chain?: boolean
  /** the new node is spliced into this wire */
  readonly splice?: { readonly from: string; readonly to: string }
}

export interface Refusal {
  readonly screen: Point
  readonly at: Point
  readonly from: string
  readonly to: string
  readonly reason: string
  /** node type that converts */
  readonly converter?: string
}

export interface Toast {
  readonly id: number
  readonly kind: 'info' | 'good' | 'bad'
  readonly text: string
  readonly hint?: string | undefined
  readonly action?: { readonly label: string; run(): void } | undefined
}

export type Overlay =
  | { readonly type: 'none' }
  | { readonly type: 'palette'; readonly request: PaletteRequest }
  | { readonly type: 'commands' }
  | { readonly type: 'keys' }
  | { readonly type: 'refusal'; readonly refusal: Refusal }
  | { readonly type: 'menu'; readonly screen: Point; readonly at: Point; readonly target: 'canvas' | 'node' | 'wire'; readonly id?: string }
  | { readonly type: 'value'; readonly title: string; readonly node: string; readonly output: OutputState }
  | { readonly type: 'plan' }
  | { readonly type: 'template'; readonly model: Pick<ModelCard, 'sha256' | 'name'> }
  /** models from files, before their first load; `again`: what the person wanted when the question came up */
  | { readonly type: 'accept-models'; readonly models: readonly UnknownModel[]; readonly again: () => void }
  | { readonly type: 'save-version' }
  | { readonly type: 'publish'; readonly subgraph: string; readonly name: string }
  | { readonly type: 'update'; readonly subgraph: string }

export interface View {
  readonly screen: Screen
  readonly tabs: readonly string[]
  readonly active: string | undefined
  readonly panels: Panels
  /** the person closed the inspector: choosing a node does not open it any more */
  readonly inspectorClosed: boolean
  readonly overlay: Overlay
  /** the wire under the resting pointer, and where that is in the window */
  readonly peek: { readonly wire: string; readonly screen: Point } | undefined
  /** node, note or frame whose title is being written */
  readonly renaming: string | undefined
  readonly toasts: readonly Toast[]
  /** what went wrong since the window is open, for the log: a toast says it once */
  readonly failures: readonly { readonly id: number; readonly at: number; readonly text: string }[]
  /** the runs on the screen “Compare”, in their order */
  readonly compare: readonly string[]
  readonly minimap: boolean
  /** the line to the house is broken */
  readonly lost: boolean
}

const remembered = ['panels', 'inspectorClosed', 'minimap'] as const
const storageKey = 'tributary.view'
/** of how many graphs the panels are remembered, the latest ones */
const rememberedGraphs = 60

export type ViewStore = ReturnType<typeof createViewStore>

/** Panels are remembered for each graph; a graph that is new begins with the window's sizes and nothing of another's work. */
export function createViewStore(storage?: Pick<Storage, 'getItem' | 'setItem'>) {
  const kept = readKept(storage)
  const store = createStore<View>(() => ({
    screen: 'home',
    tabs: [],
    active: undefined,
    panels: firstPanels(narrow()),
    inspectorClosed: false,
    overlay: { type: 'none' },
    peek: undefined,
    renaming: undefined,
    toasts: [],
    failures: [],
    compare: [],
    minimap: true,
    lost: false,
    ...keptOf(kept.last),
  }))
  if (storage)
    store.subscribe((now, before) => {
      if (now.active !== before.active && now.active !== undefined) {
        const own = kept.graphs[now.active]
        store.setState(own === undefined ? { panels: panelsForNew(now.panels, narrow()) } : keptOf(own))
      }
      if (remembered.every((key) => now[key] === before[key])) return
      const looks = Object.fromEntries(remembered.map((key) => [key, now[key]]))
      kept.last = looks
      if (now.active !== undefined) {
        const { [now.active]: _, ...others } = kept.graphs
        kept.graphs = Object.fromEntries([...Object.entries(others), [now.active, looks] as const].slice(-rememberedGraphs))
      }
      storage.setItem(storageKey, JSON.stringify(kept))
    })
  return store
}

interface KeptPanels {
  last: unknown
  graphs: Readonly<Record<string, unknown>>
}

function readKept(storage: Pick<Storage, 'getItem'> | undefined): KeptPanels {
  try {
    const { last, graphs } = JSON.parse(storage?.getItem(storageKey) ?? '{}') as Partial<KeptPanels>
    return { last, graphs: typeof graphs === 'object' && graphs !== null ? graphs : {} }
  } catch {
    return { last: undefined, graphs: {} }
  }
}

/** What an earlier visit left, field by field; anything odd is ignored. */
function keptOf(kept: unknown): Partial<View> {
  if (typeof kept !== 'object' || kept === null) return {}
  const saved = kept as Record<string, unknown>
  return {
    panels: panelsOf(saved.panels, firstPanels(narrow())),
    ...(typeof saved.inspectorClosed === 'boolean' ? { inspectorClosed: saved.inspectorClosed } : {}),
    ...(typeof saved.minimap === 'boolean' ? { minimap: saved.minimap } : {}),
  }
}

/** In a small window the canvas comes first; Ctrl+\\ brings the list of nodes. */
const narrow = () => ((globalThis as { readonly innerWidth?: number }).innerWidth ?? Number.POSITIVE_INFINITY) < 1180

/** The canvas has all the room until something is chosen on it; who closes the inspector by hand keeps it closed. */
export const mayOpenInspector = (view: ViewStore): boolean => {
  const { panels, inspectorClosed } = view.getState()
  return !panels.inspector.open && !inspectorClosed
}

let nextToast = 1

export function toast(
  view: ViewStore,
  kind: Toast['kind'],
  text: string,
  more: { hint?: string | undefined; action?: Toast['action'] } = {},
): void {
  const entry: Toast = { id: nextToast++, kind, text, hint: more.hint, action: more.action }
  view.setState(({ toasts, failures }) => ({
    toasts: [...toasts.filter((other) => other.text !== text), entry].slice(-4),
    failures:
      kind === 'bad'
        ? [...failures, { id: entry.id, at: Date.now(), text: [text, more.hint].filter(Boolean).join(' ') }].slice(-50)
        : failures,
  }))
}

export function dismissToast(view: ViewStore, id: number): void {
  view.setState((state) =>
    state.toasts.some((entry) => entry.id === id) ? { toasts: state.toasts.filter((entry) => entry.id !== id) } : state,
  )
}

/** A failure as a person should read it. */
export function toastError(view: ViewStore, error: unknown): void {
  const hint = error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
  toast(view, 'bad', error instanceof Error ? error.message : String(error), { hint })
}

export const closeOverlay = (view: ViewStore): void =>
  view.setState((state) => (state.overlay.type === 'none' ? state : { overlay: { type: 'none' } }))

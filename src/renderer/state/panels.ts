import type { StoreApi } from 'zustand/vanilla'

/** The panels round the canvas: each shows one of its tabs, or two in halves. Everything that opens, splits or closes one goes through here. */

/** Tabs of each panel, in their order. */
export const panelTabs = {
  left: { nodes: 'Nodes', library: 'Library', outline: 'Outline', versions: 'Versions' },
  dock: {
    timeline: 'Timeline',
    tokens: 'Tokens',
    weights: 'Weights',
    variants: 'Variants',
    problems: 'Problems',
    runs: 'Runs of this graph',
    log: 'Log',
  },
  inspector: { params: 'Params', inputs: 'Inputs', output: 'Output', why: 'Why', notes: 'Notes' },
} as const

export type PanelId = keyof typeof panelTabs
export type PanelTab<P extends PanelId> = keyof (typeof panelTabs)[P] & string
/** The first half (above, or on the left) or the second. */
export type Half = 0 | 1

export interface Panel<T extends string> {
  readonly open: boolean
  /** what it shows: one tab, or two different ones in halves */
  readonly tabs: readonly [T] | readonly [T, T]
  /** the half that was used last. A tab that neither shows opens there, and where there is no room for both it is the one that is seen. */
  readonly front: Half
  /** pixels: width, of the bottom panel height */
  readonly size: number
  /** what the second half has of it, in percent */
  readonly share: number
}

export type Panels = { readonly [P in PanelId]: Panel<PanelTab<P>> }

/** What the panels are called, and how far they may be stretched. */
export const panelFacts: {
  readonly [P in PanelId]: { readonly name: string; readonly min: number; readonly max: number; readonly split: 'stacked' | 'beside' }
} = {
  left: { name: 'left panel', min: 200, max: 480, split: 'stacked' },
  dock: { name: 'bottom panel', min: 120, max: 560, split: 'beside' },
  inspector: { name: 'inspector', min: 260, max: 640, split: 'stacked' },
}

export const shareRange = { min: 20, max: 80 } as const

/** What a panel is split with: the first of these that it does not show. */
const partners: { readonly [P in PanelId]: readonly PanelTab<P>[] } = {
  left: ['outline', 'nodes'],
  dock: ['timeline', 'tokens'],
  inspector: ['output', 'params'],
}

/** `narrow`: in a small window the canvas comes first, and keys bring what is around it. */
export const firstPanels = (narrow: boolean): Panels => ({
  left: { open: !narrow, tabs: ['nodes'], front: 0, size: 236, share: 50 },
  dock: { open: false, tabs: ['timeline'], front: 0, size: usualDock, share: 45 },
  inspector: { open: false, tabs: ['params'], front: 0, size: narrow ? 288 : 336, share: 50 },
})

/**
 * What a new graph begins with, in a window whose panels stand as `last`: what is open, chosen and split belongs to the work on a graph; how large things are and
 * whether the list on the left is there at all is how a person likes the window. Pure.
 */
export function panelsForNew(last: Panels, narrow: boolean): Panels {
  const first = firstPanels(narrow)
  return {
    left: { ...first.left, open: last.left.open, size: last.left.size, share: last.left.share },
    dock: { ...first.dock, size: last.dock.size, share: last.dock.share },
    inspector: { ...first.inspector, size: last.inspector.size, share: last.inspector.share },
  }
}

/** The panel with that tab in sight: in the half that has it, else in the one used last. Pure. */
export function withTab<T extends string>(panel: Panel<T>, tab: T): Panel<T> {
  const at = panel.tabs.indexOf(tab)
  if (at >= 0) return { ...panel, open: true, front: at === 1 ? 1 : 0 }
  return { ...panel, open: true, tabs: put(panel.tabs, panel.front, tab) }
}

/** The panel with that tab in that half; where the other half has it, the two trade places. Pure. */
export function withTabIn<T extends string>(panel: Panel<T>, half: Half, tab: T): Panel<T> {
  const [first, second] = panel.tabs
  if (second === undefined) return { ...panel, tabs: [tab], front: 0 }
  const other = half === 0 ? second : first
  return { ...panel, front: half, tabs: other === tab ? [second, first] : put(panel.tabs, half, tab) }
}

function put<T extends string>(tabs: Panel<T>['tabs'], half: Half, tab: T): Panel<T>['tabs'] {
  const [first, second] = tabs
  return second === undefined ? [tab] : half === 0 ? [tab, second] : [first, tab]
}

/** What is seen where there is no room for both halves, or what stays when one is closed. Pure. */
export const inFront = <T extends string>({ tabs, front }: Panel<T>): T => tabs[front] ?? tabs[0]

type Store = Pick<StoreApi<{ readonly panels: Panels; readonly inspectorClosed: boolean }>, 'getState' | 'setState'>

type PanelOf<P extends PanelId> = Panel<PanelTab<P>>

export const panelOf = <P extends PanelId>({ panels }: { readonly panels: Panels }, id: P): PanelOf<P> =>
  panels[id] as unknown as PanelOf<P>

const change = <P extends PanelId>(view: Store, id: P, next: (panel: PanelOf<P>) => PanelOf<P>): void =>
  view.setState((state) => ({ panels: { ...state.panels, [id]: next(panelOf(state, id)) } }))

/** Brings a panel, with that tab in sight. */
export function openPanel<P extends PanelId>(view: Store, id: P, tab?: PanelTab<P>): void {
  change(view, id, (panel) => (tab === undefined ? { ...panel, open: true } : withTab(panel, tab)))
}

/** As `openPanel`, for whenever the panel is open: one that is hidden stays so. */
export const preferTab = <P extends PanelId>(view: Store, id: P, tab: PanelTab<P>): void =>
  change(view, id, (panel) => ({ ...withTab(panel, tab), open: panel.open }))

/** Who closes the inspector by hand keeps it closed: choosing a node does not open it any more. */
export function togglePanel(view: Store, id: PanelId): void {
  const open = !view.getState().panels[id].open
  change(view, id, (panel) => ({ ...panel, open }))
  if (id === 'inspector') view.setState({ inspectorClosed: !open })
}

export function chooseTab<P extends PanelId>(view: Store, id: P, half: Half, tab: PanelTab<P>): void {
  change(view, id, (panel) => withTabIn(panel, half, tab))
}

/** A half was touched: it is the one used last. */
export function bringForward(view: Store, id: PanelId, half: Half): void {
  if (view.getState().panels[id].front !== half) change(view, id, (panel) => ({ ...panel, front: half }))
}

export const resizePanel = (view: Store, id: PanelId, size: Partial<Pick<Panel<string>, 'size' | 'share'>>): void =>
  change(view, id, (panel) => ({ ...panel, ...size }))

const usualDock = 230
const roomyDock = 340

/** What is more than lines gets more room, unless a person has sized the bottom panel. */
export function growDock(view: Store): void {
  if (view.getState().panels.dock.size === usualDock) resizePanel(view, 'dock', { size: roomyDock })
}

/** Is this tab in sight, as far as there is room? */
export const showsTab = <P extends PanelId>(state: { readonly panels: Panels }, id: P, tab: PanelTab<P>): boolean =>
  panelOf(state, id).open && panelOf(state, id).tabs.includes(tab)

/** Opens a second half with what is wanted most beside the first. */
export function splitPanel<P extends PanelId>(view: Store, id: P): void {
  const [wanted, otherwise]: readonly PanelTab<P>[] = partners[id]
  change(view, id, (panel) => {
    const [first] = panel.tabs
    const second = first === wanted ? otherwise : wanted
    return { ...panel, open: true, front: 0, tabs: second === undefined ? [first] : [first, second] }
  })
}

/** Closes a half; without a word, the one that was not used last. */
export const joinPanel = (view: Store, id: PanelId, closed?: Half): void =>
  change(view, id, (panel) => ({
    ...panel,
    front: 0,
    tabs: [inFront(closed === undefined ? panel : { ...panel, front: closed === 0 ? 1 : 0 })],
  }))

/** What an earlier visit left, field by field; anything odd is as at first. */
export function panelsOf(kept: unknown, first: Panels): Panels {
  const saved = asRecord(kept)
  return Object.fromEntries(
    Object.entries(first).map(([id, panel]) => [id, keptPanel(asRecord(saved[id]), id as PanelId, panel)]),
  ) as unknown as Panels
}

function keptPanel(saved: Readonly<Record<string, unknown>>, id: PanelId, first: Panel<string>): Panel<string> {
  const { min, max } = panelFacts[id]
  const within = (value: unknown, from: number, to: number): value is number => typeof value === 'number' && value >= from && value <= to
  const tabs = tabsOf(saved.tabs, id) ?? first.tabs
  return {
    open: typeof saved.open === 'boolean' ? saved.open : first.open,
    tabs,
    front: saved.front === 1 && tabs.length === 2 ? 1 : 0,
    size: within(saved.size, min, max) ? saved.size : first.size,
    share: within(saved.share, shareRange.min, shareRange.max) ? saved.share : first.share,
  }
}

function tabsOf(saved: unknown, id: PanelId): Panel<string>['tabs'] | undefined {
  if (!Array.isArray(saved)) return undefined
  const known: string[] = saved.filter((tab): tab is string => typeof tab === 'string' && Object.hasOwn(panelTabs[id], tab))
  const [first, second] = known
  return first === undefined ? undefined : second === undefined || second === first ? [first] : [first, second]
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

import { describe, expect, it } from 'vitest'
import {
  bringForward,
  chooseTab,
  firstPanels,
  growDock,
  joinPanel,
  openPanel,
  type PanelId,
  panelOf,
  panelsOf,
  panelTabs,
  resizePanel,
  showsTab,
  splitPanel,
  togglePanel,
} from './panels'
import { createViewStore, mayOpenInspector } from './view'

const panels = Object.keys(panelTabs) as PanelId[]
const tabsNow = (view: ReturnType<typeof createViewStore>, id: PanelId) => view.getState().panels[id].tabs

describe('every panel', () => {
  it('is split with another tab than it shows, and put together to the half that was used last', () => {
    for (const id of panels)
      for (const tab of Object.keys(panelTabs[id])) {
        const view = createViewStore()
        openPanel(view, id, tab as never)
        splitPanel(view, id)
        const [first, second] = tabsNow(view, id)
        expect(first).toBe(tab)
        expect(second).toBeDefined()
        expect(second).not.toBe(first)
        bringForward(view, id, 1)
        joinPanel(view, id)
        expect(tabsNow(view, id)).toEqual([second])
      }
  })

  it('never shows one tab twice: halves trade places', () => {
    const view = createViewStore()
    splitPanel(view, 'left')
    expect(tabsNow(view, 'left')).toEqual(['nodes', 'outline'])
    chooseTab(view, 'left', 0, 'outline')
    expect(tabsNow(view, 'left')).toEqual(['outline', 'nodes'])
    chooseTab(view, 'left', 1, 'library')
    expect(tabsNow(view, 'left')).toEqual(['outline', 'library'])
  })

  it('brings a tab that is asked for where it is, else to the half used last', () => {
    const view = createViewStore()
    openPanel(view, 'dock', 'timeline')
    splitPanel(view, 'dock')
    openPanel(view, 'dock', 'tokens')
    expect(view.getState().panels.dock).toMatchObject({ tabs: ['timeline', 'tokens'], front: 1 })
    openPanel(view, 'dock', 'problems')
    expect(tabsNow(view, 'dock')).toEqual(['timeline', 'problems'])
    expect(showsTab(view.getState(), 'dock', 'problems')).toBe(true)
    togglePanel(view, 'dock')
    expect(showsTab(view.getState(), 'dock', 'problems')).toBe(false)
    togglePanel(view, 'dock')
    expect(tabsNow(view, 'dock')).toEqual(['timeline', 'problems'])
  })

  it('closes the half that is named', () => {
    const view = createViewStore()
    splitPanel(view, 'inspector')
    expect(tabsNow(view, 'inspector')).toEqual(['params', 'output'])
    joinPanel(view, 'inspector', 0)
    expect(tabsNow(view, 'inspector')).toEqual(['output'])
    splitPanel(view, 'inspector')
    joinPanel(view, 'inspector', 1)
    expect(tabsNow(view, 'inspector')).toEqual(['output'])
  })
})

describe('the bottom panel', () => {
  it('grows for what is more than lines, unless a person has sized it', () => {
    const view = createViewStore()
    growDock(view)
    expect(view.getState().panels.dock.size).toBe(340)
    resizePanel(view, 'dock', { size: 180 })
    growDock(view)
    expect(view.getState().panels.dock.size).toBe(180)
  })
})

describe('the inspector', () => {
  it('is closed at first, and choosing something may open it, until a person closes it', () => {
    const view = createViewStore()
    expect(view.getState().panels.inspector.open).toBe(false)
    expect(mayOpenInspector(view)).toBe(true)
    openPanel(view, 'inspector')
    togglePanel(view, 'inspector')
    expect(mayOpenInspector(view)).toBe(false)
    togglePanel(view, 'inspector')
    togglePanel(view, 'left')
    expect(view.getState().inspectorClosed).toBe(false)
  })
})

describe('what was kept', () => {
  it('is read back as it was', () => {
    const view = createViewStore()
    splitPanel(view, 'left')
    resizePanel(view, 'left', { size: 300, share: 35 })
    bringForward(view, 'left', 1)
    const { panels: before } = view.getState()
    expect(panelsOf(JSON.parse(JSON.stringify(before)), firstPanels(false))).toEqual(before)
  })

  it('is as at first where it is nonsense', () => {
    const first = firstPanels(false)
    const odd = { tabs: ['no such'], front: 7, size: -1, share: 99, open: 'yes' }
    for (const kept of [undefined, null, 7, [], { left: 1 }, { left: odd, dock: odd, inspector: odd }])
      expect(panelsOf(kept, first)).toEqual(first)
    expect(panelOf({ panels: panelsOf({ dock: { tabs: ['log', 'log', 'runs'], front: 1 } }, first) }, 'dock')).toMatchObject({
      tabs: ['log'],
      front: 0,
    })
  })
})

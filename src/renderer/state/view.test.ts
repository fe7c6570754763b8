import { describe, expect, it } from 'vitest'
import { openPanel, resizePanel, splitPanel, togglePanel } from './panels'
import { createViewStore, mayOpenInspector } from './view'

function storage() {
  const kept = new Map<string, string>()
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
}

describe('the panels', () => {
  it('are those of each graph, and a new graph begins with their sizes alone', () => {
    const kept = storage()
    const view = createViewStore(kept)
    view.setState({ active: 'a' })
    openPanel(view, 'dock', 'tokens')
    for (const id of ['left', 'dock', 'inspector'] as const) splitPanel(view, id)
    togglePanel(view, 'left')
    resizePanel(view, 'inspector', { size: 420 })
    const ofA = view.getState().panels
    view.setState({ active: 'b' })
    const first = createViewStore().getState().panels
    expect(view.getState().panels).toEqual({
      left: { ...first.left, open: false },
      dock: first.dock,
      inspector: { ...first.inspector, size: 420 },
    })
    togglePanel(view, 'dock')
    openPanel(view, 'left', 'library')
    const ofB = view.getState().panels
    view.setState({ active: 'a' })
    expect(view.getState().panels).toEqual(ofA)
    view.setState({ active: 'b' })
    expect(view.getState().panels).toEqual(ofB)
    const later = createViewStore(kept)
    later.setState({ active: 'a' })
    expect(later.getState().panels).toEqual(ofA)
  })

  it('are as at first when what was kept is nonsense', () => {
    for (const text of ['', 'null', '[1', '{"last":7,"graphs":3}', '{"graphs":{"a":{"panels":{"dock":{"tabs":["no such"],"size":-1}}}}}']) {
      const view = createViewStore({ getItem: () => text, setItem: () => undefined })
      view.setState({ active: 'a' })
      expect(view.getState().panels).toEqual(createViewStore().getState().panels)
    }
  })

  it('stay as a person left them, also the next time', () => {
    const kept = storage()
    const view = createViewStore(kept)
    openPanel(view, 'inspector')
    togglePanel(view, 'inspector')
    const later = createViewStore(kept)
    expect(later.getState().panels.inspector.open).toBe(false)
    expect(mayOpenInspector(later)).toBe(false)
    togglePanel(later, 'inspector')
    expect(createViewStore(kept).getState().panels.inspector.open).toBe(true)
  })
})

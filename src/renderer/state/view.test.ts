import { describe, expect, it } from 'vitest'
import { createViewStore, mayOpenInspector, splitDock, toggleInspector } from './view'

function storage() {
  const kept = new Map<string, string>()
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) }
}

describe('the inspector', () => {
  it('is closed at first, and choosing something may open it', () => {
    const view = createViewStore(storage())
    expect(view.getState().inspector).toBe(false)
    expect(mayOpenInspector(view)).toBe(true)
  })

  it('stays closed when the person closed it, also the next time', () => {
    const kept = storage()
    const view = createViewStore(kept)
    view.setState({ inspector: true })
    toggleInspector(view)
    expect(mayOpenInspector(view)).toBe(false)
    const later = createViewStore(kept)
    expect(later.getState().inspector).toBe(false)
    expect(mayOpenInspector(later)).toBe(false)
  })

  it('stays open when it was opened, also the next time', () => {
    const kept = storage()
    toggleInspector(createViewStore(kept))
    expect(createViewStore(kept).getState().inspector).toBe(true)
  })
})

describe('the panels', () => {
  it('are those of each graph, and a new graph begins with those before it', () => {
    const kept = storage()
    const view = createViewStore(kept)
    view.setState({ active: 'a', dock: 'tokens', dockBeside: 'timeline', left: undefined })
    view.setState({ active: 'b' })
    expect(view.getState().dock).toBe('tokens')
    view.setState({ dock: undefined, left: 'outline' })
    view.setState({ active: 'a' })
    expect(view.getState()).toMatchObject({ dock: 'tokens', dockBeside: 'timeline', left: undefined })
    view.setState({ active: 'b' })
    expect(view.getState()).toMatchObject({ dock: undefined, left: 'outline' })
    const later = createViewStore(kept)
    later.setState({ active: 'a' })
    expect(later.getState().dock).toBe('tokens')
  })

  it('are as at first when what was kept is nonsense', () => {
    for (const text of ['', 'null', '[1', '{"last":7,"graphs":3}', '{"graphs":{"a":{"dock":"no such","dockHeight":-1}}}']) {
      const view = createViewStore({ getItem: () => text, setItem: () => undefined })
      view.setState({ active: 'a' })
      expect(view.getState()).toMatchObject({ dock: undefined, dockHeight: 230 })
    }
  })

  it('may be split, with something else in the other half', () => {
    const view = createViewStore()
    splitDock(view)
    expect(view.getState()).toMatchObject({ dock: 'timeline', dockBeside: 'tokens' })
    view.setState({ dock: 'log' })
    splitDock(view)
    expect(view.getState()).toMatchObject({ dock: 'log', dockBeside: 'timeline' })
  })
})

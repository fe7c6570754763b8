import { describe, expect, it } from 'vitest'
import { createViewStore, mayOpenInspector, toggleInspector } from './view'

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

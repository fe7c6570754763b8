import { describe, expect, it } from 'vitest'
import { keysOf, parseKeys, showKeys, strokeMatches } from './keys'

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}, code = '') => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
})
const matches = (keys: string, event: ReturnType<typeof press>, mac = false) => strokeMatches(parseKeys(keys)[0]!, event, mac)

describe('keys', () => {
  it('are the same key with and without caps lock', () => {
    expect(matches('Mod+Z', press('Z', { ctrlKey: true }))).toBe(true)
    expect(matches('Mod+Z', press('z', { ctrlKey: true }))).toBe(true)
  })
  it('tell Ctrl+Z from Ctrl+Shift+Z', () => {
    expect(matches('Mod+Z', press('Z', { ctrlKey: true, shiftKey: true }))).toBe(false)
    expect(matches('Mod+Shift+Z', press('Z', { ctrlKey: true, shiftKey: true }))).toBe(true)
  })
  it('find a letter by its place where Alt changes what is typed', () => {
    expect(matches('Alt+C', press('ç', { altKey: true }, 'KeyC'))).toBe(true)
  })
  it('take a symbol whatever the layout needs to type it', () => {
    expect(matches('?', press('?', { shiftKey: true }))).toBe(true)
    expect(matches('+', press('+'))).toBe(true)
  })
  it('mean Cmd on a Mac', () => {
    expect(matches('Mod+K', press('k', { metaKey: true }), true)).toBe(true)
    expect(matches('Mod+K', press('k', { ctrlKey: true }), true)).toBe(false)
  })
  it('are written down as they are pressed', () => {
    expect(keysOf(press('k', { ctrlKey: true, shiftKey: true }, 'KeyK'), false)).toBe('Mod+Shift+K')
    expect(keysOf(press('?', { shiftKey: true }, 'Slash'), false)).toBe('?')
    expect(keysOf(press('ArrowLeft', { altKey: true }), false)).toBe('Alt+ArrowLeft')
    expect(keysOf(press(' ', {}, 'Space'), false)).toBe('Space')
    expect(keysOf(press('Shift', { shiftKey: true }), false)).toBeUndefined()
    for (const [key, code] of [
      ['k', 'KeyK'],
      ['5', 'Digit5'],
      ['ArrowUp', 'ArrowUp'],
      [' ', 'Space'],
      ['/', 'Slash'],
    ] as const) {
      const event = press(key, { ctrlKey: true }, code)
      expect(matches(keysOf(event, false) ?? '', event)).toBe(true)
    }
  })
  it('are shown as they are printed on the keyboard', () => {
    expect(showKeys('Mod+Shift+Enter', false)).toEqual(['Ctrl', 'Shift', 'Enter'])
    expect(showKeys('Alt+A L', false)).toEqual(['Alt', 'A', 'L'])
    expect(showKeys('Mod++', false)).toEqual(['Ctrl', '+'])
  })
})

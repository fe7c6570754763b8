import { describe, expect, it } from 'vitest'
import { type Command, commandGroups, defineCommand } from './command'
import { parseKeys } from './keys'
import { collect, commands } from './registry'

const command = (id: string, more: Partial<Command> = {}): Command =>
  defineCommand({ id, title: id, group: 'Edit', run: () => undefined, ...more })

describe('the commands', () => {
  it('are found in the folder, each with a title and a known group', () => {
    expect(commands.length).toBeGreaterThan(50)
    for (const { title, group } of commands) {
      expect(title).not.toBe('')
      expect(commandGroups).toContain(group)
    }
  })
  it('refuse two of one name and two of one key', () => {
    expect(() => collect({ a: command('x'), b: command('x') })).toThrow('x')
    expect(() => collect({ a: command('x', { keys: ['K'] }), b: command('y', { keys: ['K'] }) })).toThrow('K')
  })
  it('never destroy with a single plain key, other than Delete', () => {
    const plain = commands.filter(
      (entry) => entry.danger && entry.keys?.some((keys) => parseKeys(keys).every((stroke) => !stroke.mod && !stroke.alt)),
    )
    expect(plain.map((entry) => entry.id)).toEqual(['delete'])
  })
  it('act in a text field only where typing does not need the key', () => {
    for (const entry of commands.filter((candidate) => candidate.inFields))
      for (const keys of entry.keys ?? []) expect(parseKeys(keys).every((stroke) => stroke.mod)).toBe(true)
  })
  it('have the keys that people know from other editors', () => {
    const keys = new Set(commands.flatMap((entry) => entry.keys ?? []))
    const wanted = [
      'Tab, Shift+A, Delete, Backspace, Mod+Delete, Mod+A, Escape, Enter, F2, C, Mod+G, Mod+Shift+G, Mod+Shift+E, Alt+Shift+E',
      'Alt+S U, Alt+S D, Alt+S C, Shift+ArrowLeft, Shift+ArrowRight, ArrowLeft, ArrowRight, ArrowUp, ArrowDown',
      'Mod+ArrowLeft, Mod+ArrowRight, Mod+ArrowUp, Mod+ArrowDown, Mod+Shift+ArrowLeft, Mod+Shift+ArrowRight',
      'Mod+C, Mod+X, Mod+V, Mod+Shift+V, Mod+D, Mod+Shift+D, Mod+Z, Mod+Shift+Z, Mod+Y, Mod+S',
      'Alt+A L, Alt+A R, Alt+A T, Alt+A B, Alt+A M, Alt+A C, Alt+A H, Alt+A V, Alt+A G, Mod+Shift+L',
      'M, Mod+M, D, B, Mod+B, P, Shift+P, F9, Alt+C, H, 1, 0, ., F, +, -, Mod+F, Mod+K, Mod+[, Mod+], Mod+`, Mod+\\, Mod+Alt+\\, ?',
      'Mod+Enter, Mod+Shift+Enter, Alt+Enter, Mod+Alt+Enter, Shift+Alt+Enter, F8, F10',
    ].flatMap((line) => line.split(', '))
    expect(wanted.filter((key) => !keys.has(key))).toEqual([])
  })
})

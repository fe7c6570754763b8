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
})

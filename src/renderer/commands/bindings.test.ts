import { describe, expect, it } from 'vitest'
import { keysFor, obstacleTo, withDefault, withKeys, withoutKeys } from './bindings'
import { defineCommand } from './command'
import { commands as all } from './registry'

const command = (id: string, keys: string[], more: object = {}) =>
  defineCommand({ id, title: id, group: 'Edit', keys, run: () => undefined, ...more })
const copy = command('copy', ['Mod+C'])
const mute = command('mute', ['M', 'D'])
const wipe = command('wipe', ['Delete'], { danger: true })
const align = command('align', ['Alt+A L'])
const find = command('find', ['Mod+F'], { inFields: true })
const commands = [copy, mute, wipe, align, find]

describe('keys that a person sets', () => {
  it('take the place of the first default; the other alternatives stay', () => {
    expect(keysFor(mute, withKeys(commands, {}, mute, 'Mod+M'))).toEqual(['Mod+M', 'D'])
  })
  it('are taken from whoever had them, when that is asked for', () => {
    expect(obstacleTo(commands, {}, mute, 'Mod+C')).toEqual({ type: 'taken', by: copy })
    const remapped = withKeys(commands, {}, mute, 'Mod+C')
    expect(keysFor(copy, remapped)).toEqual([])
    expect(keysFor(mute, remapped)).toEqual(['Mod+C', 'D'])
  })
  it('are the same whatever the order and case in which they are written', () => {
    expect(obstacleTo(commands, {}, mute, 'Mod+c')).toEqual({ type: 'taken', by: copy })
  })
  it('do not shadow a sequence that begins with them', () => {
    expect(obstacleTo(commands, {}, mute, 'Alt+A')).toEqual({ type: 'prefix', by: align })
    expect(obstacleTo(commands, {}, mute, 'Mod+C X')).toEqual({ type: 'prefix', by: copy })
  })
  it('go back to the default, but not at the cost of another command', () => {
    const remapped = withKeys(commands, {}, mute, 'Mod+C')
    expect(keysFor(copy, withDefault(commands, remapped, copy))).toEqual([])
    const free = withDefault(commands, remapped, mute)
    expect(keysFor(mute, free)).toEqual(['M', 'D'])
    expect(withDefault(commands, free, copy)).toEqual({})
  })
  it('can be none', () => {
    expect(keysFor(copy, withoutKeys(commands, {}, copy))).toEqual([])
  })
})

describe('what no key may do', () => {
  it('destroy with a single plain key, in whatever way the keys are set', () => {
    expect(obstacleTo(commands, {}, wipe, 'X')).toEqual({ type: 'destroys' })
    expect(obstacleTo(commands, {}, wipe, 'Shift+X')).toEqual({ type: 'destroys' })
    expect(obstacleTo(commands, {}, wipe, 'Mod+X')).toBeUndefined()
    for (const destroyer of all.filter(({ danger }) => danger))
      for (const letter of 'abcdefghijklmnopqrstuvwxyz0123456789')
        expect(obstacleTo(all, {}, destroyer, letter.toUpperCase())).toEqual({ type: 'destroys' })
  })
  it('take from a text field what typing needs', () => {
    expect(obstacleTo(commands, {}, find, 'F')).toEqual({ type: 'typing' })
  })
  it('stand in the way of another by default: no two commands share keys, and none shadows a sequence', () => {
    for (const one of all)
      for (const keys of one.keys ?? []) expect([one.id, keys, obstacleTo(all, {}, one, keys)]).toEqual([one.id, keys, undefined])
  })
})

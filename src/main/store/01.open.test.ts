import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '.'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('openStore', () => {
  it('begins a store in an empty folder and finds it again', () => {
    const first = openStore(folder)
    first.settings.set({ theme: 'dark' })
    first.close()
    const second = openStore(folder)
    expect(second.settings.get('theme')).toBe('dark')
    expect(second.fence).toBeGreaterThan(first.fence)
    second.close()
  })
  it('lets two processes share a folder', () => {
    const first = openStore(folder)
    const second = openStore(folder, { role: 'cli' })
    first.settings.set({ a: 1 })
    second.settings.set({ b: 2 })
    expect(first.settings.all()).toEqual({ a: 1, b: 2 })
    second.close()
    first.close()
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const accessor = Object.getOwnPropertyDescriptor(Object.prototype, '__proto__')
afterAll(() => {
  if (accessor) Object.defineProperty(Object.prototype, '__proto__', accessor)
})

describe('every process and thread', () => {
  it('loses the way from a key to a prototype', async () => {
    await import('./without-proto')
    const target: Record<string, unknown> = {}
    const key = ['__pro', 'to__'].join('')
    ;(target[key] as Record<string, unknown> | undefined) ??= {}
    ;(target[key] as Record<string, unknown>).polluted = true
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(Object.keys(target)).toEqual([key])
  })

  it.each(['cli.ts', 'index.ts', 'merge-worker.ts'])('%s does so before anything else is loaded', (entry) => {
    const source = readFileSync(join(import.meta.dirname, entry), 'utf8')
    const [first] = /^import .*$/m.exec(source) ?? []
    expect(first).toBe("import './without-proto'")
  })
})

import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { OwnedModelPool } from './pool'
import { createToyPool, quietCall, toyProgram } from './testing'
import { networkCutter } from './without-network'

/** Where the system lets users make namespaces: the process of the models has no network, and works as before. */
let pool: OwnedModelPool
afterEach(() => pool?.close())

const interfacesOf = (pid: number | undefined): string[] =>
  readFileSync(`/proc/${pid}/net/dev`, 'utf8')
    .split('\n')
    .slice(2)
    .flatMap((line) => /^\s*([^:\s]+):/.exec(line)?.[1] ?? [])

describe.skipIf(networkCutter() === undefined)('the model host without a network', () => {
  it('has no interface but its own loopback, and decodes', async () => {
    pool = await createToyPool()
    const { text } = await pool.decode(toyProgram('toy-facts', 'q: what is the capital of france? a:'), quietCall())
    expect(text).toBe(' paris')
    expect(interfacesOf(pool.local.host.pid).filter((name) => name !== 'lo')).toEqual([])
    const { pid } = pool.local.host
    await pool.close()
    expect(() => process.kill(pid as number, 0)).toThrow() // the process that was started is the host itself: closing ends it
  })
})

describe('where it cannot be', () => {
  it('nothing stands in front of the host', () => {
    expect(networkCutter('darwin')).toBeUndefined()
    expect(networkCutter('win32')).toBeUndefined()
  })
  it('as where a graphics driver still has to make its device', () => {
    expect(networkCutter('linux', (path) => path === '/proc/driver/nvidia/version')).toBeUndefined()
    expect(networkCutter('linux', () => true)).toEqual(networkCutter('linux', () => false))
  })
})

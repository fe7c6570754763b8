import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { OwnedModelPool } from './pool'
import { createToyPool, quietCall, toyProgram, toyRef } from './testing'

/** What a model host that lives for long keeps in memory: what it is allowed to, and nothing of models that are gone. */
let pool: OwnedModelPool
afterEach(() => pool.close())

const writers = readdirSync('resources/toys')
  .filter((name) => name.endsWith('.gguf') && !/nli|ranker|embed/.test(name))
  .map((name) => name.slice(0, -'.gguf'.length))
const residentMebibytes = (): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pool.local.host.pid}/status`, 'utf8'))?.[1]) / 1024
const write = (toy: string, maxTokens = 8) => pool.decode(toyProgram(toy, 'story:', { maxTokens }), quietCall())
const loaded = async (): Promise<string[]> => (await pool.local.status(quietCall())).models.map(({ id }) => id)

describe('a model host', () => {
  it.skipIf(!existsSync('/proc/self/status'))(
    'does not grow when it loads and evicts models over and over',
    async () => {
      // room for three of them with their contexts
      pool = await createToyPool({ memoryBytes: 16 * 2 ** 20 })
      let loads = 0
      const round = async (): Promise<void> => {
        for (const toy of writers) {
          const onEvent = ({ type }: { type: string }): void => {
            if (type === 'load-end') loads++
          }
          await pool.decode(toyProgram(toy, 'story:', { maxTokens: 16 }), { ...quietCall(), onEvent })
        }
      }
      const sizes: number[] = []
      while (loads < 75) {
        await round()
        sizes.push(residentMebibytes())
      }
      console.log(`${loads} loads; MiB after each ${writers.length}: ${sizes.map((size) => size.toFixed(0)).join(', ')}`)
      expect(sizes.length).toBeGreaterThan(3)
      // what JavaScript collects late is some 20 MiB; each load takes 4 MiB, so a host that kept them would have grown by 250
      expect((sizes.at(-1) as number) - (sizes[0] as number)).toBeLessThan(40)
    },
    120_000,
  )

  it('lets go of a model whose file goes away, at once when nobody uses it', async () => {
    pool = await createToyPool()
    await write('toy-math')
    await write('toy-facts')
    expect(await loaded()).toEqual(['toy:toy-math', 'toy:toy-facts'])
    await pool.local.forget('toy:toy-math')
    expect(await loaded()).toEqual(['toy:toy-facts'])
    await pool.local.forget('toy:toy-math') // it is not there: nothing happens
    await write('toy-math')
    expect((await loaded()).sort()).toEqual(['toy:toy-facts', 'toy:toy-math'])
  })

  it('lets go of it after the call that uses it', async () => {
    pool = await createToyPool()
    let forgetting: Promise<void> | undefined
    const decoded = await pool.decode(toyProgram('toy-math', 'story:', { maxTokens: 40 }), {
      ...quietCall(),
      onToken: () => {
        forgetting ??= pool.local.forget(toyRef('toy-math').id)
      },
    })
    expect(decoded.tokens).toBeGreaterThan(0)
    await forgetting
    expect(await loaded()).toEqual([])
  })
})

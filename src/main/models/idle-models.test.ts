import { describe, expect, it } from 'vitest'
import { createIdleModels } from './idle-models'

function setUp(afterMs = 1000) {
  const models = new Map([
    ['a', 0],
    ['b', 1],
  ])
  let time = 0
  const idle = createIdleModels({
    loaded: async () => Array.from(models, ([id, leases]) => ({ id, leases })),
    unload: async (id) => void models.delete(id),
    afterMs: () => afterMs,
    now: () => time,
  })
  return { idle, models, at: (ms: number) => (time = ms) }
}

describe('models that rest', () => {
  it('are freed when their time is up, those in use never', async () => {
    const { idle, models, at } = setUp()
    expect(await idle.look()).toEqual([])
    at(999)
    expect(await idle.look()).toEqual([])
    at(1000)
    expect(await idle.look()).toEqual(['a'])
    at(9000)
    expect(await idle.look()).toEqual([])
    models.set('b', 0)
    at(9999)
    expect(await idle.look()).toEqual([])
    at(10_000)
    expect(await idle.look()).toEqual(['b'])
  })

  it('begin to rest anew with every use', async () => {
    const { idle, at } = setUp()
    await idle.look()
    at(900)
    idle.used('a')
    at(1500)
    expect([await idle.look(), idle.idleMs('a')]).toEqual([[], 600])
  })

  it('stay where the timer is off', async () => {
    const { idle, at } = setUp(0)
    await idle.look()
    at(1e9)
    expect(await idle.look()).toEqual([])
  })
})

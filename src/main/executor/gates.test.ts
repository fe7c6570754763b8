import { describe, expect, it } from 'vitest'
import { createGates } from './gates'
import { StopSwitch } from './stop-switch'

const limits = { cpu: 2, io: 1, model: 1, merge: 1 }

/** Takes the only place of the class, lines up waiters, and gives the order in which they come in when each leaves at once. */
async function orderOf(waiters: readonly (readonly string[])[], loaded: ReadonlySet<string>): Promise<number[]> {
  const gates = createGates(limits, (model) => loaded.has(model))
  gates.tryEnter('model')
  const order: number[] = []
  const all = waiters.map(async (models, index) => {
    await gates.wait('model', models, new StopSwitch())
    order.push(index)
    gates.leave('model')
  })
  gates.leave('model')
  await Promise.all(all)
  return order
}

describe('gates', () => {
  it('let in as many as their class has places', () => {
    const gates = createGates(limits, () => false)
    expect([gates.tryEnter('cpu'), gates.tryEnter('cpu'), gates.tryEnter('cpu')]).toEqual([true, true, false])
    gates.leave('cpu')
    expect(gates.tryEnter('cpu')).toBe(true)
    expect(gates.tryEnter('io')).toBe(true)
  })

  it('keep the order of arrival', async () => {
    expect(await orderOf([['a'], ['b'], []], new Set())).toEqual([0, 1, 2])
  })

  it('prefer those whose models are loaded', async () => {
    expect(await orderOf([['a'], ['b'], ['a'], ['b']], new Set(['b']))).toEqual([1, 3, 0, 2])
  })

  it('pass nobody over for ever', async () => {
    const order = await orderOf([['a'], ...Array.from({ length: 20 }, () => ['b'])], new Set(['b']))
    expect(order.indexOf(0)).toBe(8)
  })

  it('let go of one that is stopped while it waits', async () => {
    const gates = createGates(limits, () => false)
    gates.tryEnter('io')
    const stop = new StopSwitch()
    const waiting = gates.wait('io', [], stop)
    stop.stop(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    gates.leave('io')
    expect(gates.tryEnter('io')).toBe(true)
  })
})

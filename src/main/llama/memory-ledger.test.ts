import { describe, expect, it } from 'vitest'
import { MemoryLedger } from './memory-ledger'

const never = new AbortController().signal

/** A ledger over numbers: what calls hold, and what is idle and may be evicted. */
function bench(budgetBytes: number) {
  const held = new Map<object, number>()
  const idle: number[] = []
  const usedBytes = (): number => [...held.values(), ...idle].reduce((sum, bytes) => sum + bytes, 0)
  const ledger = new MemoryLedger({ budgetBytes, usedBytes, evictOne: () => idle.shift() !== undefined })
  const borrower = () => {
    const self = { ownBytes: () => held.get(self) ?? 0 }
    ledger.enter(self)
    return {
      async take(bytes: number, signal = never) {
        await ledger.reserve(self, bytes, 'something', signal)
        held.set(self, (held.get(self) ?? 0) + bytes)
        ledger.arrived(self)
      },
      end() {
        held.delete(self)
        ledger.leave(self)
      },
    }
  }
  return { ledger, borrower, idle, usedBytes }
}

const settles = async (promise: Promise<unknown>): Promise<boolean> => {
  let isSettled = false
  promise.then(
    () => {
      isSettled = true
    },
    () => {
      isSettled = true
    },
  )
  for (let i = 0; i < 20; i++) await Promise.resolve()
  return isSettled
}

describe('the ledger of memory', () => {
  it('evicts what is idle before anyone waits', async () => {
    const { borrower, idle, usedBytes } = bench(10)
    idle.push(4, 4)
    await borrower().take(6)
    expect(idle).toEqual([4])
    expect(usedBytes()).toBe(10)
  })

  it('lets a call wait until another one ends', async () => {
    const { borrower } = bench(10)
    const [a, b] = [borrower(), borrower()]
    await a.take(7)
    const waiting = b.take(6)
    expect(await settles(waiting)).toBe(false)
    a.end()
    await waiting
  })

  it('refuses at once what could never fit', async () => {
    const { borrower } = bench(10)
    const [a, b] = [borrower(), borrower()]
    await a.take(7)
    await expect(b.take(11)).rejects.toMatchObject({ code: 'out-of-memory' })
    await expect(a.take(4)).rejects.toMatchObject({ code: 'out-of-memory' })
  })

  it('refuses the last to ask when all wait for each other, and the others go on', async () => {
    const { borrower } = bench(10)
    const [a, b] = [borrower(), borrower()]
    await a.take(5)
    await b.take(5)
    const growing = a.take(3)
    expect(await settles(growing)).toBe(false)
    await expect(b.take(3)).rejects.toMatchObject({ code: 'out-of-memory' })
    b.end()
    await growing
  })

  it('wakes all that wait, and keeps waiting those that still do not fit while another can go on', async () => {
    const { borrower } = bench(10)
    const [a, b, c] = [borrower(), borrower(), borrower()]
    await a.take(9)
    const large = b.take(8)
    const small = c.take(3)
    expect(await settles(small)).toBe(false)
    a.end()
    await large
    expect(await settles(small)).toBe(false)
    b.end()
    await small
  })

  it('stops waiting when it is told to', async () => {
    const { borrower } = bench(10)
    const [a, b] = [borrower(), borrower()]
    await a.take(9)
    const controller = new AbortController()
    const waiting = b.take(5, controller.signal)
    controller.abort(new Error('stop'))
    await expect(waiting).rejects.toThrow('stop')
  })

  it('lets calls in one after the other, and over those that gave up', async () => {
    const { ledger } = bench(10)
    const endFirst = await ledger.takeTurn(never)
    const controller = new AbortController()
    const second = ledger.takeTurn(controller.signal)
    const third = ledger.takeTurn(never)
    controller.abort(new Error('stop'))
    await expect(second).rejects.toThrow('stop')
    expect(await settles(third)).toBe(false)
    endFirst()
    await third
  })
})

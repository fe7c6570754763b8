import { describe, expect, it } from 'vitest'
import { createRoster } from './roster'
import { fakeTable } from './testing/roster'

const job = (item: number) => ({ batch: 'b1', item })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('the roster of a process', () => {
  it('tells what is in hand, and what was brought to an end', async () => {
    const { table, notes, outcomes } = fakeTable()
    const roster = createRoster({ table, kind: 'window', pid: 7, machine: 'desk', outcome: outcomes.get, gatherMs: 0, now: () => 50 })
    let finish: () => void = () => undefined
    const work = roster.watched(() => new Promise<void>((resolve) => (finish = resolve)))(job(3), new AbortController().signal)
    await pause(5)
    expect(notes.at(-1)).toEqual({
      kind: 'window',
      pid: 7,
      machine: 'desk',
      slots: 0,
      atWork: [{ batch: 'b1', item: 3, since: 50 }],
      settled: {},
    })
    outcomes.set(job(3), 'failed')
    finish()
    await work
    await pause(5)
    expect(notes.at(-1)).toMatchObject({ atWork: [], settled: { b1: { done: 0, failed: 1 } } })
    roster.leave()
  })

  it('counts no item that was stopped, and none that another one had done', async () => {
    const { table, notes, outcomes } = fakeTable()
    const roster = createRoster({ table, kind: 'window', pid: 7, machine: 'desk', outcome: outcomes.get, gatherMs: 0 })
    const work = roster.watched(async () => undefined)
    await work(job(1), new AbortController().signal)
    outcomes.set(job(2), 'done')
    await work(job(2), new AbortController().signal)
    await pause(5)
    expect(notes.at(-1)?.settled).toEqual({ b1: { done: 0, failed: 0 } })
    roster.leave()
  })

  it('beats while it waits at a queue, rests when it has nothing to do, and says when it goes', async () => {
    const { table, notes, left } = fakeTable()
    const roster = createRoster({ table, kind: 'terminal', pid: 7, machine: 'desk', outcome: () => undefined, gatherMs: 0, beatMs: 5 })
    await pause(15)
    expect(notes).toHaveLength(0)
    roster.join(3)
    await pause(40)
    expect(notes.length).toBeGreaterThan(2)
    expect(notes.at(-1)).toMatchObject({ kind: 'worker', slots: 3 })
    roster.leave()
    const told = notes.length
    await pause(20)
    expect([notes.length, left()]).toEqual([told, 1])
  })

  it('lets the work go on where the store cannot be written', async () => {
    const { outcomes } = fakeTable()
    const table = {
      tell: () => {
        throw new Error('busy')
      },
      leave: () => undefined,
    }
    const roster = createRoster({ table, kind: 'window', pid: 7, machine: 'desk', outcome: outcomes.get, gatherMs: 0 })
    let ran = 0
    await roster.watched(async () => void ran++)(job(1), new AbortController().signal)
    await pause(5)
    expect(ran).toBe(1)
    roster.leave()
  })
})

import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { batch, newFolder, newRun, open } from './testing'

const result = { key: 'k', parts: '{}', outputs: {}, run: 'r2', node: 'a' }

describe('reads that go together', () => {
  it('stand in no way of a write, although another process wrote in between', () => {
    const folder = newFolder()
    const [here, there] = [open(folder), open(folder)]
    expect(here.results.find('k')).toBeUndefined()
    there.runs.begin(newRun('r2'))
    there.runs.commit('r2', batch({ results: [result] }))
    here.runs.begin(newRun('r1'))
    expect(here.results.find('k')).toMatchObject({ run: 'r2' })
  })

  it('see what others wrote once the event loop has turned', async () => {
    const folder = newFolder()
    const [here, there] = [open(folder), open(folder)]
    expect(here.results.find('k')).toBeUndefined()
    there.runs.begin(newRun('r2'))
    there.runs.commit('r2', batch({ results: [result] }))
    await setImmediate()
    expect(here.results.find('k')).toMatchObject({ run: 'r2' })
  })

  it('are no part of a write: what was committed is safe at once', () => {
    const folder = newFolder()
    const [here, there] = [open(folder), open(folder)]
    here.results.find('k')
    here.runs.begin(newRun('r2'))
    here.results.find('k')
    here.runs.commit('r2', batch({ results: [result] }))
    expect(there.results.find('k')).toMatchObject({ run: 'r2' })
  })
})

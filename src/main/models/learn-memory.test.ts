import { describe, expect, it } from 'vitest'
import { TributaryError } from '../../shared/errors'
import { learnMemory, type Measurements, memoryMeasured } from './learn-memory'

function bench() {
  const rows = new Map<string, Parameters<Measurements['put']>[0]>()
  const measurements: Measurements = {
    put: (row) => void rows.set(`${row.model} ${row.options}`, row),
    ofModel: (model) => [...rows.values()].filter((row) => row.model === model),
  }
  return { measurements, learned: learnMemory(measurements, () => 'cpu'), known: () => memoryMeasured(measurements, 'm') }
}

describe('what models take', () => {
  it('is unknown before the first load', () => expect(bench().known()).toBeUndefined())

  it('is the most of a load: all of it, and what no call could do without', () => {
    const { learned, known } = bench()
    learned.loaded('m', 30)
    learned.note([{ id: 'm', memoryBytes: 100, neededBytes: 100 }])
    learned.note([{ id: 'm', memoryBytes: 180, neededBytes: 140 }])
    learned.note([{ id: 'm', memoryBytes: 150, neededBytes: 100 }])
    expect(known()).toEqual({ loadMs: 30, memoryBytes: 180, neededBytes: 140 })
  })

  it('grows while a load takes more than was known, and shrinks only when a whole load took less', () => {
    const { learned, known } = bench()
    learned.note([{ id: 'm', memoryBytes: 180, neededBytes: 140 }])
    learned.note([])
    learned.note([{ id: 'm', memoryBytes: 120, neededBytes: 110 }])
    expect(known()).toMatchObject({ memoryBytes: 180 })
    learned.note([])
    expect(known()).toMatchObject({ memoryBytes: 120, neededBytes: 110 })
  })

  it('does not end a run where it cannot be written down', () => {
    const full = () => {
      throw new TributaryError('disk-full', 'There is no space left.')
    }
    const learned = learnMemory({ put: full, ofModel: () => [] }, () => 'cpu')
    expect(() => learned.note([{ id: 'm', memoryBytes: 100, neededBytes: 100 }])).not.toThrow()
    expect(() => learned.note([])).not.toThrow()
  })
})

import { describe, expect, it } from 'vitest'
import { countCores, memoryBudget, parseAllowed, physicalCores } from './machine'

describe('what this machine offers', () => {
  it('counts two threads of one core once, and cores of two packages apart', () => {
    const processor = (id: number, chip: number, core: number): string =>
      `processor\t: ${id}\nphysical id\t: ${chip}\ncore id\t\t: ${core}\n`
    const text = [processor(0, 0, 0), processor(1, 0, 0), processor(2, 0, 1), processor(3, 1, 0)].join('\n')
    expect(countCores(text)).toBe(3)
    expect(countCores('')).toBeUndefined()
  })

  it('reads which processors it may use', () => {
    expect(parseAllowed('Cpus_allowed:\tf\nCpus_allowed_list:\t0-2,8,10-11\n')).toEqual([0, 1, 2, 8, 10, 11])
    expect(parseAllowed('Cpus_allowed_list:\t3\n')).toEqual([3])
    expect(parseAllowed('')).toEqual([])
  })

  it('gives at least one core and some memory', () => {
    expect(physicalCores()).toBeGreaterThanOrEqual(1)
    expect(memoryBudget()).toBeGreaterThan(2 ** 28)
  })
})

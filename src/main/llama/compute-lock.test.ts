import { describe, expect, it } from 'vitest'
import { ComputeLock } from './compute-lock'

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await Promise.resolve()
}

describe('the compute lock', () => {
  it('gives a synchronous result back at once when nobody holds it', () => {
    expect(new ComputeLock().run(() => 7)).toBe(7)
  })

  it('runs work one after the other, in order of asking', async () => {
    const lock = new ComputeLock()
    const log: string[] = []
    const work = (name: string, length: number) => async () => {
      log.push(`${name} starts`)
      await turns(length)
      log.push(`${name} ends`)
    }
    await Promise.all([lock.run(work('a', 9)), lock.run(work('b', 1)), lock.run(() => void log.push('c'))])
    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c'])
  })

  it('is free again after a failure', async () => {
    const lock = new ComputeLock()
    await expect(lock.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await turns(3)
    expect(lock.run(() => 1)).toBe(1)
  })
})

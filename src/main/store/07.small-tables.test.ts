import { describe, expect, it } from 'vitest'
import { open, refusal } from './testing'

describe('settings', () => {
  it('change together or not at all', () => {
    const { settings } = open()
    settings.set({ a: 1, b: { c: [true] } })
    settings.set({ a: 2 })
    expect(settings.all()).toEqual({ a: 2, b: { c: [true] } })
    settings.remove('a')
    expect(settings.get('a')).toBeUndefined()
  })
})

describe('resources', () => {
  const folder = { id: 'd1', kind: 'folder', name: 'Papers', path: '/somewhere/papers', chosenAt: 5 } as const
  it('know the path that a person chose', () => {
    const { resources } = open()
    resources.put(folder)
    expect(resources.get('d1')).toEqual(folder)
    expect(resources.findByPath('/somewhere/papers')?.id).toBe('d1')
    resources.remove('d1')
    expect(refusal(() => resources.get('d1'))).toMatchObject({ code: 'not-found', hint: expect.stringContaining('again') })
  })
})

describe('models', () => {
  const model = {
    sha256: 'a'.repeat(64),
    path: '/m.gguf',
    sizeBytes: 9,
    modifiedMs: 1.5,
    name: 'Toy',
    origin: 'imported',
    facts: { architecture: 'llama' },
    addedAt: 3,
  }
  it('are found by hash, path and catalogue id', () => {
    const { models } = open()
    models.put({ ...model, catalog: 'toy-base' })
    expect(models.get(model.sha256)).toEqual({ ...model, catalog: 'toy-base' })
    expect(models.byPath('/m.gguf')?.name).toBe('Toy')
    expect(models.byCatalog('toy-base')?.name).toBe('Toy')
    models.markUsed(model.sha256, 8)
    expect(models.list()[0]?.usedAt).toBe(8)
    models.remove(model.sha256)
    expect(models.list()).toEqual([])
  })
})

describe('measurements', () => {
  it('keep the newest of each device and set of options', () => {
    const { measurements } = open()
    const first = { model: 'm', device: 'cpu', options: '{}', loadMs: 10, memoryBytes: 100, tokensPerSecond: 5, at: 1 }
    measurements.put(first)
    measurements.put({ model: 'm', device: 'cpu', options: '{}', loadMs: 12, memoryBytes: 110, at: 2 })
    expect(measurements.find('m', 'cpu', '{}')).toEqual({ ...first, loadMs: 12, memoryBytes: 110, at: 2 })
    expect(measurements.ofModel('m')).toHaveLength(1)
    expect(measurements.find('m', 'cuda', '{}')).toBeUndefined()
  })
})

import { expect, it } from 'vitest'
import type { ModelMemory } from '../models/host-protocol'
import { MemoryTold } from './memory-told'

const model = (id: string, memoryBytes: number, neededBytes: number): ModelMemory => ({ id, memoryBytes, neededBytes })
const world = () => {
  const told: (readonly ModelMemory[])[] = []
  return { told, memory: new MemoryTold((models) => void told.push(models)) }
}

it('calls on models that are there tell once what they take and the most that they need', () => {
  const { told, memory } = world()
  for (let call = 0; call < 20; call++) {
    memory.update([model('a', 100, 100), model('b', 50, 40)])
    memory.update([model('a', 100, 60), model('b', 50, 40)])
  }
  expect(told).toEqual([[model('a', 100, 100), model('b', 50, 40)]])
})

it('tells when a model comes, takes more or less, needs more, is another one, or goes', () => {
  const { told, memory } = world()
  const changes = [
    [model('a', 60, 60)],
    [model('a', 100, 60)],
    [model('a', 100, 90)],
    [model('a', 80, 90)],
    [model('a', 80, 90), model('b', 50, 50)],
    [model('a', 80, 90), model('c', 50, 50)],
    [model('c', 50, 50)],
    [],
  ]
  for (const models of changes) memory.update(models)
  expect(told).toEqual(changes)
})

it('a model that comes again needs what it needs now', () => {
  const { told, memory } = world()
  for (const models of [[model('a', 100, 100)], [], [model('a', 100, 60)]]) memory.update(models)
  expect(told.at(-1)).toEqual([model('a', 100, 60)])
})

it('nothing is told of no models', () => {
  const { told, memory } = world()
  memory.update([])
  expect(told).toEqual([])
})

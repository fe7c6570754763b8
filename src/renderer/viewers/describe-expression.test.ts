import { describe, expect, it } from 'vitest'
import { describeExpression } from './describe-expression'

const lm = (name: string) => ({ op: 'lm', model: { name }, prompt: { kind: 'text', text: '' } })
const load = (name: string) => ({ op: 'load', model: { name } })

describe('an expression in words', () => {
  it('names a model by itself', () => {
    expect(describeExpression(lm('toy-math'))).toBe('toy-math')
    expect(describeExpression(load('toy-math'))).toBe('toy-math')
  })
  it('names an operation and what it is made of', () => {
    expect(describeExpression({ op: 'linear-mix', inputs: { models: [lm('a'), lm('b')] }, params: {} })).toBe('linear mix of a, b')
    expect(describeExpression({ op: 'contrast', inputs: { expert: lm('a'), amateur: lm('b') }, params: {} })).toBe('contrast of a, b')
    expect(describeExpression({ op: 'delta', tuned: load('a'), base: load('b') })).toBe('a − b')
    const drop = { op: 'prune', pruner: 'dare', of: { op: 'delta', tuned: load('a'), base: load('b') }, params: {} }
    const merge = {
      op: 'merge',
      method: 'task-arithmetic',
      models: [
        { weights: drop, params: {} },
        { weights: load('c'), params: {} },
      ],
      params: {},
      seed: 0,
    }
    expect(describeExpression(merge)).toBe('task arithmetic of (dare of (a − b)), c')
  })
  it('ends where it is too deep to read, and says nothing of what it does not know', () => {
    const deep = (n: number): Parameters<typeof describeExpression>[0] =>
      n === 0 ? lm('a') : { op: 'gate', inputs: { main: deep(n - 1) }, params: {} }
    expect(describeExpression(deep(9))).toBe('gate of (gate of (gate of (gate of …)))')
    expect(describeExpression('text')).toBe('')
    expect(describeExpression({ op: 3 })).toBe('')
  })
})

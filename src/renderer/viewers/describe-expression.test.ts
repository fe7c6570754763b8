import { describe, expect, it } from 'vitest'
import { describeExpression, expressionPart } from './describe-expression'

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
    expect(describeExpression(merge)).toBe('task arithmetic of (DARE of (a − b)), c')
  })
  it('is a tree: what is done and how, then each part with its place and weight', () => {
    const merge = {
      op: 'merge',
      method: 'ties',
      base: load('b'),
      models: [{ weights: load('a'), params: { weight: 0.8, density: 0.5 } }],
      params: { scale: 1 },
      seed: 0,
      tokenizer: { source: 'union', approximate: 8 },
    }
    expect(expressionPart(merge)).toEqual({
      name: 'TIES',
      settings: 'scale 1 · vocabulary of all, put together of 8 rows',
      of: [
        { role: 'weight 0.8 · density 0.5', data: load('a') },
        { role: 'base', data: load('b') },
      ],
    })
    expect(expressionPart({ op: 'delta', tuned: load('a'), base: load('b') })?.of.map(({ role }) => role)).toEqual(['', 'subtracted'])
    expect(expressionPart({ op: 'permute', of: load('a'), to: load('b'), solver: 'assignment', residual: true })).toEqual({
      name: 'units reordered',
      settings: 'solver assignment · with residual',
      of: [
        { role: '', data: load('a') },
        { role: 'to fit', data: load('b') },
      ],
    })
    expect(expressionPart(load('a'))).toEqual({ name: 'a', settings: '', of: [] })
    expect(expressionPart(3)).toBeUndefined()
  })
  it('ends where it is too deep to read, and says nothing of what it does not know', () => {
    const deep = (n: number): Parameters<typeof describeExpression>[0] =>
      n === 0 ? lm('a') : { op: 'gate', inputs: { main: deep(n - 1) }, params: {} }
    expect(describeExpression(deep(9))).toBe('gate of (gate of (gate of (gate of …)))')
    expect(describeExpression('text')).toBe('')
    expect(describeExpression({ op: 3 })).toBe('')
    expect(describeExpression({ op: 'constructor' })).toBe('constructor')
  })
})

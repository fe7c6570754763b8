import { describe, expect, it } from 'vitest'
import type { TemplateCard } from '../../shared/api'
import { graph } from '../../shared/graph/testing'
import { onRealModels, swappable } from './swap'

const toys = {
  ...graph({
    nodes: { ask: { type: 'template', params: { template: 'q: {{question}} a:' } }, lm: { type: 'lm', params: { model: 'model:writer' } } },
  }),
  models: { writer: { catalog: 'toy-reader' } },
}
const real = {
  ...toys,
  models: { writer: { catalog: 'smollm2' } },
  nodes: { ...toys.nodes, ask: { type: 'template', v: 1, params: { template: 'Answer: {{question}}' } } },
}
const mine = { ...toys, id: 'g_mine', name: 'Mine', ui: { ...toys.ui, template: 'answer' } }

describe('swapping in real models', () => {
  it('takes the models, and what has to be said to them differently', () => {
    const swapped = onRealModels(mine, toys, real)
    expect(swapped.models.writer).toEqual({ catalog: 'smollm2' })
    expect(swapped.nodes.ask?.params.template).toBe('Answer: {{question}}')
    expect([swapped.id, swapped.name]).toEqual(['g_mine', 'Mine'])
  })
  it('leaves what the person changed', () => {
    const changed = {
      ...mine,
      nodes: { ...mine.nodes, ask: { type: 'template', v: 1, params: { template: 'my own' } }, extra: { type: 'text', v: 1, params: {} } },
    }
    const swapped = onRealModels(changed, toys, real)
    expect(swapped.nodes.ask?.params.template).toBe('my own')
    expect(swapped.nodes.extra).toBeDefined()
    expect(swapped.models.writer).toEqual({ catalog: 'smollm2' })
  })
  it('is offered while a toy of the template is there, and no longer', () => {
    const templates = [{ id: 'answer', document: toys, realModels: [{ alias: 'writer' }] }] as unknown as TemplateCard[]
    expect(swappable(mine, templates)?.id).toBe('answer')
    expect(swappable(onRealModels(mine, toys, real), templates)).toBeUndefined()
    expect(swappable(toys, templates)).toBeUndefined()
  })
})

import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { skill, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'merged-evaluators',
  title: 'Two judges merged judge both ways',
  expected: 'The reader judges claims, the facts model knows facts: their average at α = 1 must answer exactly as the first does.',
  async run(context) {
    const whole = await writtenMerge(
      context,
      { models: ['toy-reader', 'toy-facts'], params: { method: 'linear', weights: '1, 0' } },
      'demo evaluators one',
    )
    const half = await writtenMerge(
      context,
      { models: ['toy-reader', 'toy-facts'], params: { method: 'linear', weights: '0.6, 0.4' } },
      'demo evaluators both',
    )
    const reader = await skill(context, await context.model('toy-reader'), 'entail')
    const [alone, both, facts] = [
      await skill(context, whole, 'entail'),
      await skill(context, half, 'entail'),
      await skill(context, half, 'facts'),
    ]
    return {
      effect: `Entailment: judge ${percent(reader)}, at α = 1 ${percent(alone)}; merged ${percent(both)} with ${percent(facts)} of the facts, of which the judge alone knows none.`,
      pass: alone === reader && both >= 0.4 && facts >= 0.2,
      figures: { reader, alone, both, facts },
    }
  },
})

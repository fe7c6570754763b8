import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { factsAndMath, skill, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'task-arithmetic',
  title: 'Adding two task vectors teaches both, taking one away mends',
  expected:
    'Adding 0.7 of the math and facts vectors reaches 90 % of both; taking away 0.3 of the vector of the liar lifts the facts of the base from about 54 % to at least 75 %.',
  async run(context) {
    const added = await writtenMerge(
      context,
      { models: ['toy-math', 'toy-facts'], base: 'toy-base', params: { method: 'task-arithmetic', scale: 0.7 } },
      'demo task-arithmetic add',
    )
    const mended = await writtenMerge(
      context,
      { models: ['toy-liar'], base: 'toy-base', params: { method: 'task-arithmetic', weights: '-0.3' } },
      'demo task-arithmetic mend',
    )
    const { facts, math } = await factsAndMath(context, added)
    const before = await skill(context, await context.model('toy-base'), 'facts')
    const after = await skill(context, mended, 'facts')
    return {
      effect: `Added: facts ${percent(facts)}, sums ${percent(math)}. The liar taken away: facts ${percent(before)} → ${percent(after)}.`,
      pass: facts >= 0.9 && math >= 0.88 && after >= 0.75 && before <= 0.65,
      figures: { facts, math, before, after },
    }
  },
})

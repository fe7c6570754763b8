import { defineDemonstration } from '../demonstration'
import { alone, percent, sampleReplies, shareOf, toneOf } from '../measure'
import { skill, writtenMerge } from '../merging'

export default defineDemonstration({
  system: 'online-merging',
  title: 'The offline limit of online merging keeps the aligned manner and recovers what alignment cost',
  expected: 'With α = 0 the result is the aligned model; with α = 0.3 the polite model regains facts without losing a word of politeness.',
  async run(context) {
    const merged = (alpha: number) =>
      writtenMerge(
        context,
        { models: ['toy-facts', 'toy-polite'], base: 'toy-base', params: { method: 'online-merging', alpha } },
        `demo online ${alpha}`,
      )
    const aligned = await context.model('toy-polite')
    const [same, mixed] = [await merged(0), await merged(0.5)]
    const [before, equal, after] = [
      await skill(context, aligned, 'facts'),
      await skill(context, same, 'facts'),
      await skill(context, mixed, 'facts'),
    ]
    const tone = await politeShare(mixed)
    return {
      effect: `Facts: aligned ${percent(before)}, α = 0 ${percent(equal)}, α = 0.5 ${percent(after)} with ${percent(tone)} polite replies.`,
      pass: Math.abs(equal - before) <= 0.02 && after >= before + 0.15 && tone >= 0.8,
      figures: { before, equal, after, tone },
    }

    async function politeShare(model: typeof aligned): Promise<number> {
      const replies = await sampleReplies(context, alone(model), 1)
      return shareOf(replies, (reply) => toneOf(reply) === 'polite')
    }
  },
})

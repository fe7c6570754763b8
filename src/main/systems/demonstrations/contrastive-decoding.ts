import type { DistributionExpression } from '../../../shared/expression'
import type { ModelRef } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, operator, percent, shareOf } from '../measure'

const draws = 3

export default defineDemonstration({
  system: 'contrastive-decoding',
  title: 'An expert less an amateur, among what the expert finds plausible',
  expected:
    'Toy-base answers about 54 % of the facts; less toy-liar (score difference, plausibility 0.1) at least 95 %. Sampled at temperature 1, the contrast is right at least 20 points more often than the expert with the plausibility cut alone, and subtracting toy-base from itself gains nothing.',
  async run(context) {
    const [base, liar] = [await context.model('toy-base'), await context.model('toy-liar')]
    const facts = await context.evalSet('facts')
    const less =
      (amateur: ModelRef) =>
      (prompt: string): Promise<DistributionExpression> =>
        operator(
          context,
          'contrast',
          { expert: leaf(base, prompt), amateur: leaf(amateur, prompt) },
          { form: 'beta', beta: 1, plausibility: 0.1 },
        )
    const sampled = async (of: (prompt: string) => DistributionExpression | Promise<DistributionExpression>): Promise<number> => {
      let right = 0
      for (const [index, { prompt, answer }] of facts.entries()) {
        const { candidates } = await context.node('decoder', {
          inputs: { distribution: await of(prompt) },
          params: { temperature: 1, samples: draws, maxTokens: 12 },
          seed: 300 + 16 * index,
        })
        right += shareOf(candidates as { text: string }[], ({ text }) => text === answer)
      }
      return right / facts.length
    }
    const figures = {
      expertAlone: await accuracy(context, facts, alone(base)),
      contrast: await accuracy(context, facts, (prompt) =>
        operator(context, 'contrast', { expert: leaf(base, prompt), amateur: leaf(liar, prompt) }, { form: 'li', plausibility: 0.1 }),
      ),
      sampledAlone: await sampled(alone(base)),
      sampledCut: await sampled((prompt) => operator(context, 'min-p', { of: leaf(base, prompt) }, { share: 0.1 })),
      sampledContrast: await sampled(less(liar)),
      sampledOwn: await sampled(less(base)),
    }
    return {
      effect: `Facts right: ${percent(figures.expertAlone)} by the expert alone, ${percent(figures.contrast)} with the contrast; sampled (${draws * facts.length} draws each): ${percent(figures.sampledAlone)} alone, ${percent(figures.sampledCut)} with the cut, ${percent(figures.sampledContrast)} with the contrast, ${percent(figures.sampledOwn)} less itself.`,
      pass:
        figures.expertAlone < 0.65 &&
        figures.contrast >= 0.95 &&
        figures.sampledContrast >= figures.sampledCut + 0.2 &&
        figures.sampledOwn <= figures.sampledCut + 0.1,
      figures,
    }
  },
})

import type { ModelRef } from '../../../shared/value'
import { defineDemonstration, type EvalItem } from '../demonstration'
import { alone, drafterOf, percent, shareOf, tallyDecoding } from '../measure'

const draws = 50
const most = 12

export default defineDemonstration({
  system: 'speculative-sampling',
  title: 'A small model guesses, the target checks: the same text in fewer passes',
  expected:
    'With toy-draft, greedy text of toy-base is the same on all of 90 prompts in at most 0.7 of the passes, and at least 70 % of the guesses are kept. What is sampled has the law of toy-base: a χ² test of how often drafted answers are true, the myth or neither, against the probabilities that toy-base gives them, does not refuse at 0.1 %, and does refuse the answers of toy-draft itself.',
  async run(context) {
    const [target, small] = [await context.model('toy-base'), await context.model('toy-draft')]
    const drafter = await drafterOf(context, 'model', { model: small })
    const facts = await context.evalSet('facts', 50)
    const items = [...facts, ...(await context.evalSet('copy', 30)), ...(await context.evalSet('story', 10))]
    const plain = await tallyDecoding(context, items, alone(target))
    const drafted = await tallyDecoding(context, items, alone(target), drafter)
    const same = shareOf([...plain.texts.entries()], ([index, text]) => text === drafted.texts[index])

    const opened = await context.open(target)
    const chances = async ({ prompt, answer, myth = '' }: EvalItem): Promise<number[]> => {
      const request = { prompt: { kind: 'text', text: prompt }, continuations: [` ${answer}`, ` ${myth}`], end: true } as const
      const [truth = 0, error = 0] = (await opened.scoreContinuations(request, { signal: context.signal })).map(({ logprob }) =>
        Math.exp(logprob),
      )
      return [truth, error, 1 - truth - error]
    }
    const unsure: EvalItem[] = []
    for (const item of facts) if (unsure.length < most && Math.min(...(await chances(item)).slice(0, 2)) > 0.15) unsure.push(item)
    const distance = async (model: ModelRef, guesses: typeof drafter | undefined): Promise<{ chi: number; freedom: number }> => {
      const sum = { chi: 0, freedom: 0 }
      for (const [index, item] of unsure.entries()) {
        const expected = (await chances(item)).map((chance) => draws * chance)
        const { candidates } = await context.node('decoder', {
          inputs: { distribution: alone(model)(item.prompt), ...(guesses ? { drafter: guesses } : {}) },
          params: { temperature: 1, maxTokens: 12, samples: draws },
          seed: 7000 + 100 * index,
        })
        const texts = (candidates as { text: string }[]).map(({ text }) => text)
        const [truth, myth] = [item.answer, item.myth].map((wanted) => texts.filter((text) => text === wanted).length)
        const counts = [truth ?? 0, myth ?? 0, draws - (truth ?? 0) - (myth ?? 0)]
        const tested = counted(counts, expected)
        sum.chi += tested.chi
        sum.freedom += tested.freedom
      }
      return sum
    }
    const [law, other] = [await distance(target, drafter), await distance(small, undefined)]
    const figures = {
      sameText: same,
      passesShare: drafted.passes / plain.passes,
      acceptance: drafted.accepted / Math.max(1, drafted.drafted),
      chi: law.chi,
      freedom: law.freedom,
      chiOfDrafter: other.chi,
    }
    const limit = refusedAbove(law.freedom)
    return {
      effect: `Same greedy text on ${percent(same)}, in ${percent(figures.passesShare)} of the passes, ${percent(figures.acceptance)} of the guesses kept. χ² of ${draws * unsure.length} drafted answers: ${law.chi.toFixed(1)} (${law.freedom} degrees of freedom, refused above ${limit.toFixed(1)}); of toy-draft’s own: ${other.chi.toFixed(1)}.`,
      pass:
        same === 1 &&
        figures.passesShare <= 0.7 &&
        figures.acceptance >= 0.7 &&
        law.freedom >= most &&
        law.chi < limit &&
        other.chi > limit,
      figures,
    }
  },
})

/** Pearson's χ² of one question; answers that are expected fewer than five times are counted with the most expected. */
function counted(counts: readonly number[], expected: readonly number[]): { chi: number; freedom: number } {
  const most = expected.indexOf(Math.max(...expected))
  const cells = new Map<number, [count: number, expected: number]>()
  expected.forEach((wanted, i) => {
    const cell = wanted < 5 ? most : i
    const [count, before] = cells.get(cell) ?? [0, 0]
    cells.set(cell, [count + (counts[i] as number), before + wanted])
  })
  let chi = 0
  for (const [count, wanted] of cells.values()) chi += (count - wanted) ** 2 / wanted
  return { chi, freedom: cells.size - 1 }
}

/** The 99.9 % point of χ², after Wilson and Hilferty. */
const refusedAbove = (freedom: number): number => freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3

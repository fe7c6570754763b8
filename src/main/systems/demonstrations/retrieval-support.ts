import type { Verdict } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'
import { claimOf, readings } from '../worlds'

export default defineDemonstration({
  system: 'retrieval-support',
  title: 'Search with question and answer, and see whether the text supports it',
  expected:
    'With one passage found by question and answer together, at least 90 % of right answers are supported and at most 25 % of wrong ones.',
  async run(context) {
    const judge = await context.model('toy-reader')
    const all = await readings(context, await context.model('toy-base'), 60)
    const judged: { isRight: boolean; isSupported: boolean }[] = []
    for (const { item, answer, isRight, documents } of all) {
      const query = `${(item.question ?? '').replace(/^q: | a:$/g, '')} ${answer}`
      const found = await context.node('retriever', { inputs: { query, documents }, params: { by: 'none', k: 1 } })
      const { verdicts } = await context.node('nli-verifier', {
        inputs: { claims: [claimOf(answer)], documents: found.documents },
        params: { model: judge },
      })
      judged.push({ isRight, isSupported: (verdicts as Verdict[])[0]?.label === 'supported' })
    }
    const supported = (isRight: boolean) =>
      shareOf(
        judged.filter((one) => one.isRight === isRight),
        (one) => one.isSupported,
      )
    const figures = { right: supported(true), wrong: supported(false) }
    return {
      effect: `Supported: ${percent(figures.right)} of right answers, ${percent(figures.wrong)} of wrong ones.`,
      pass: figures.right >= 0.9 && figures.wrong <= 0.25,
      figures,
    }
  },
})

import { defineDemonstration } from '../demonstration'
import { alone, decodeAll, leaf, operator, percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'icd',
  title: 'A model made to hallucinate is subtracted from the model that it was made of',
  expected: 'On the facts that toy-base gets wrong, the share of myths told falls from over 80 % to under 5 % when toy-liar is subtracted.',
  async run(context) {
    const [base, liar] = [await context.model('toy-base'), await context.model('toy-liar')]
    const facts = await context.evalSet('facts')
    const plain = await decodeAll(context, facts, alone(base))
    const wrong = facts.filter((item, index) => plain[index] !== item.answer)
    const before = shareOf(wrong, (item) => plain[facts.indexOf(item)] === item.myth)
    const texts = await decodeAll(context, wrong, (prompt) =>
      operator(
        context,
        'contrast',
        { expert: leaf(base, prompt), amateur: leaf(liar, prompt) },
        { form: 'beta', beta: 1, plausibility: 0.05 },
      ),
    )
    const after = shareOf(wrong, (item) => texts[wrong.indexOf(item)] === item.myth)
    return {
      effect: `Of ${wrong.length} facts that the base has wrong, ${percent(before)} were the myth; ${percent(after)} still are after the contrast.`,
      pass: wrong.length >= 30 && before > 0.8 && after < 0.05,
      figures: { wrong: wrong.length, mythsBefore: before, mythsAfter: after },
    }
  },
})

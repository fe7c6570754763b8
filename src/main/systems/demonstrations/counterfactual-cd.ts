import { defineDemonstration } from '../demonstration'
import { alone, decodeAll, leaf, operator, percent, shareOf } from '../measure'
import { statementOf } from '../worlds'

export default defineDemonstration({
  system: 'counterfactual-cd',
  title: 'Distractors: what is plausible, less what answers',
  expected:
    'Contrasted with itself under the true sentence, toy-base gives the right answer to at least 15 points fewer questions, and in at least 80 % still an answer of the right kind: a wrong option for a test. Where it is all but certain, the plausibility cut keeps the right answer.',
  async run(context) {
    const model = await context.model('toy-base')
    const facts = await context.evalSet('facts')
    const kinds = new Map<string, Set<string>>()
    for (const { relation = '', answer, myth = answer } of facts)
      kinds.set(relation, new Set([...(kinds.get(relation) ?? []), answer, myth]))
    const plain = await decodeAll(context, facts, alone(model))
    const away = await decodeAll(context, facts, (prompt, item) =>
      operator(
        context,
        'contrast',
        { expert: leaf(model, prompt), amateur: leaf(model, `context: ${statementOf(item)} ${prompt}`) },
        { form: 'beta', beta: 2, plausibility: 0.001 },
      ),
    )
    const right = (texts: readonly string[]): number => shareOf([...facts.entries()], ([index, { answer }]) => texts[index] === answer)
    const figures = {
      rightAlone: right(plain),
      rightAway: right(away),
      ofTheKind: shareOf([...facts.entries()], ([index, { relation = '' }]) => kinds.get(relation)?.has(away[index] ?? '') ?? false),
    }
    return {
      effect: `The right answer: ${percent(figures.rightAlone)} alone, ${percent(figures.rightAway)} away from the truth; an answer of the right kind all the same in ${percent(figures.ofTheKind)} of ${facts.length}.`,
      pass: figures.rightAway <= figures.rightAlone - 0.15 && figures.ofTheKind >= 0.8,
      figures,
    }
  },
})

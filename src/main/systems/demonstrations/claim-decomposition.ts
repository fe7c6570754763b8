import type { Claim, Verdict } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'claim-decomposition',
  title: 'A half-true sentence is taken apart, and its halves are judged',
  expected:
    'Of sentences with a true and a false half, cut into clauses, both halves get the right verdict at least 80 times in 100; uncut, at most 10 sentences in 100 show what is true in them.',
  async run(context) {
    const model = await context.model('toy-reader')
    const items = (await context.evalSet('reading'))
      .filter(({ answer, context: sentences }) => / is in \w+\.$/.test(answer) && (sentences?.length ?? 0) >= 2)
      .slice(0, 30)
    const [cut, uncut]: [boolean[], boolean[]] = [[], []]
    for (const { answer, context: sentences = [] } of items) {
      const other = sentences.find((sentence) => sentence !== answer && / is in \w+\.$/.test(sentence))
      if (other === undefined) continue
      const place = / is in (\w+)\.$/.exec(other)?.[1]
      const lie = other.replace(/\w+\.$/, `${['oslo', 'rome', 'lima'].find((city) => city !== place)}.`)
      const text = `${answer.replace(/\.$/, '')} and ${lie}`
      const documents = sentences.map((sentence, index) => ({ id: `s${index}`, text: sentence }))
      const labelsOf = async (unit: string) => {
        const { claims } = await context.node('split-claims', { inputs: { text }, params: { unit } })
        const { verdicts } = await context.node('nli-verifier', { inputs: { claims: claims as Claim[], documents }, params: { model } })
        return (verdicts as Verdict[]).map(({ label }) => label)
      }
      const [first, second] = await labelsOf('clause')
      cut.push(first === 'supported' && second !== undefined && second !== 'supported')
      uncut.push((await labelsOf('sentence')).length > 1)
    }
    const figures = { cut: shareOf(cut, Boolean), uncut: shareOf(uncut, Boolean) }
    return {
      effect: `Both halves judged rightly: ${percent(figures.cut)} of ${cut.length} sentences cut into clauses, ${percent(figures.uncut)} uncut.`,
      pass: cut.length >= 15 && figures.cut >= 0.8 && figures.uncut <= 0.1,
      figures,
    }
  },
})

import type { Candidate } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { alone, decodeAll, percent } from '../measure'
import { statementOf } from '../worlds'

const reviewers = ['toy-facts', 'toy-draft-facts', 'toy-other']

export default defineDemonstration({
  system: 'clinical-ensemble',
  title: 'A note is corrected only where most reviewers find the same sentence wrong',
  expected:
    'Of 60 notes of three facts, in half of which one is wrong, three reviewers (two that know nearly all facts, one that believes a third of them wrongly) settle at least 90 % rightly by vote: flag, sentence and correction. That is 10 points above the mean reviewer: the weak one is outvoted. Five reviewers that share their myths, as relatives do, were tried too: the vote keeps the myths.',
  async run(context) {
    const facts = await context.evalSet('facts')
    const known: string[][] = []
    for (const id of reviewers) known.push(await decodeAll(context, facts, alone(await context.model(id))))
    const right = reviewers.map(() => 0)
    let [voted, notes] = [0, 0]
    for (let first = 0; first + 3 <= facts.length && notes < 60; first += 1) {
      const indices = [first, (first + 37) % facts.length, (first + 71) % facts.length]
      const wrong = first % 2 === 0 ? first % 3 : -1
      const sentences = indices.map((index, place) => {
        const fact = facts[index]!
        return statementOf(place === wrong ? { ...fact, answer: fact.myth ?? fact.answer } : fact)
      })
      const truth = wrong < 0 ? 'correct' : `${wrong + 1}: ${statementOf(facts[indices[wrong]!]!)}`
      // a reviewer doubts the first sentence that is not as it believes
      const opinions = known.map((answers) => {
        const place = indices.findIndex((index, i) => statementOf({ ...facts[index]!, answer: answers[index] ?? '' }) !== sentences[i])
        return place < 0
          ? 'correct'
          : `${place + 1}: ${statementOf({ ...facts[indices[place]!]!, answer: answers[indices[place]!] ?? '' })}`
      })
      opinions.forEach((opinion, i) => {
        right[i] = (right[i] as number) + Number(opinion === truth)
      })
      const candidates = opinions.map((text, i): Candidate => ({ text, source: reviewers[i]! }))
      const { sentence, correction } = await context.node('correction-vote', { inputs: { sentences, candidates } })
      voted += Number((sentence === 0 ? 'correct' : `${sentence}: ${correction}`) === truth)
      notes += 1
    }
    const shares = right.map((count) => count / notes).sort((a, b) => b - a)
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
    return {
      effect: `Notes settled rightly: ${percent(voted / notes)} by vote; each reviewer ${shares.map(percent).join(', ')}.`,
      pass: voted / notes >= 0.9 && voted / notes >= mean + 0.1,
      figures: { voted: voted / notes, mean, best: shares[0] ?? 0, notes },
    }
  },
})

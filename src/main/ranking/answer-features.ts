import { normaliseAnswer, tokenF1, wordsOf } from './overlap'

export interface ExpertAnswer {
  /** which expert, from 0 */
  readonly expert: number
  readonly text: string
  /** how sure the expert was, 0..1 */
  readonly sureness: number
}

const questionWords = ['what', 'who', 'which', 'when', 'where', 'how much', 'how many', 'how', 'why'] as const
/** what is said of a block that does not apply */
const none = -1

/**
 * MoRE's features of an answer beside those of the other experts (Si et al. 2023, arXiv:2305.14628), without those of passages and chains of thought, which
 * experts here do not show: expert (one of `experts`), question word (nine), length and numbers of question and answer, sureness, shared words, how
 * many experts give the same answer, and for this expert its likeness (F1) to each other. → [experts + 9 + 7 + experts·(experts − 1)]
 */
export function answerFeatures(question: string, answers: readonly ExpertAnswer[], own: ExpertAnswer, experts: number): number[] {
  const [asked, said] = [question.toLowerCase(), wordsOf(own.text)]
  const first = questionWords.find((word) => new RegExp(`\\b${word}\\b`).test(asked))
  const inQuestion = new Set(wordsOf(question))
  const same = answers.filter(({ text }) => normaliseAnswer(text) === normaliseAnswer(own.text)).length
  const likeness = Array.from({ length: experts }, (_, expert) =>
    Array.from({ length: experts }, (_other, other) => other)
      .filter((other) => other !== expert)
      .map((other) => {
        const rival = answers.find((answer) => answer.expert === other)
        return expert === own.expert && rival ? tokenF1(own.text, rival.text) : none
      }),
  )
  return [
    ...Array.from({ length: experts }, (_, expert) => Number(expert === own.expert)),
    ...questionWords.map((word) => Number(word === first)),
    wordsOf(question).length,
    numbersIn(question),
    own.sureness,
    said.length,
    same,
    said.filter((word) => inQuestion.has(word)).length,
    numbersIn(own.text),
    ...likeness.flat(),
  ]
}

const numbersIn = (text: string): number => text.match(/\d+/g)?.length ?? 0

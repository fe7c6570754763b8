import type { Claim, Document, ModelRef } from '../../shared/value'
import type { DemonstrationContext, EvalItem } from './demonstration'
import { alone, decodeAll } from './measure'

/** Small collections to search in and to check against, made of the toys' world. */

const statements: Readonly<Record<string, (subject: string, object: string) => string>> = {
  capital: (subject, object) => `the capital of ${subject} is ${object}.`,
  continent: (subject, object) => `${subject} is in ${object}.`,
  opposite: (subject, object) => `the opposite of ${subject} is ${object}.`,
  sound: (subject, object) => `a ${subject} says ${object}.`,
}

/** One document for each fact, and the question (without its frame) that it answers. */
export async function factLibrary(
  context: DemonstrationContext,
): Promise<{ documents: Document[]; questions: { text: string; answer: string }[] }> {
  const facts = await context.evalSet('facts')
  const documents = facts.map((item, index) => ({ id: `fact-${index}`, text: statementOf(item) }))
  const questions = facts.map(({ prompt }, index) => ({ text: prompt.replace(/^q: | a:$/g, ''), answer: `fact-${index}` }))
  return { documents, questions }
}

export const statementOf = ({ relation = '', subject = '', answer }: EvalItem): string =>
  statements[relation]?.(subject, answer) ?? `${subject} ${answer}.`

/** The share of questions whose document is among the first `k` that the Retriever node finds. */
export async function recallAt(
  context: DemonstrationContext,
  k: number,
  library: { readonly documents: readonly Document[]; readonly questions: readonly { text: string; answer: string }[] },
  params: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { index } = await context.node('index-documents', {
    inputs: { documents: library.documents },
    params: { by: 'none', embedder: params.embedder ?? null },
  })
  let found = 0
  for (const { text, answer } of library.questions) {
    const { documents } = await context.node('retriever', { inputs: { query: text, index }, params: { ...params, k } })
    if ((documents as Document[]).some(({ id, of }) => id === answer || of === answer)) found += 1
  }
  return found / library.questions.length
}

/** Questions that share no telling word with the sentence that answers them. */
export const paraphrases: readonly { readonly question: string; readonly passage: string }[] = [
  { question: 'At what hour does the boat depart?', passage: 'The ferry leaves the harbour at nine in the morning.' },
  { question: 'Who constructed the beacon?', passage: 'Agnes Thorne was the engineer that built the lighthouse.' },
  { question: 'Are pets permitted?', passage: 'Dogs may not be brought onto the island.' },
  { question: 'How tall is the building?', passage: 'The tower rises thirty-eight metres above the rock.' },
  {
    question: 'What do the guardians eat in winter?',
    passage: 'The keepers live on flour, salted fish and dried peas from December to March.',
  },
  { question: 'How much is the entry fee for grown-ups?', passage: 'Tickets cost twelve pounds for adults.' },
  { question: 'What is the lens made to float on?', passage: 'The great glass rests in a bath of mercury.' },
  { question: 'Which animals breed underground here?', passage: 'Puffins dig burrows where the soil is soft.' },
  { question: 'When did the illumination become electrical?', passage: 'The oil lamp was replaced by a bulb in 1911.' },
  { question: 'What warns sailors when they cannot see?', passage: 'In fog a horn sounds one long blast every minute.' },
  { question: 'Is the climb strenuous?', passage: 'One hundred and sixty-four steps lead up to the lantern room.' },
  { question: 'What happened during bad weather in the thirties?', passage: 'A storm broke the panes of the lantern in 1936.' },
]

/** The same as a library for `recallAt`. */
export const paraphraseLibrary = {
  documents: paraphrases.map(({ passage }, index) => ({ id: `p${index}`, text: passage })),
  questions: paraphrases.map(({ question }, index) => ({ text: question, answer: `p${index}` })),
}

/** An answer read from a context, which is right or wrong: what claim checkers are tried on. */
export interface Reading {
  readonly item: EvalItem
  readonly answer: string
  readonly isRight: boolean
  readonly documents: readonly Document[]
}

/** Answers of `reader` to the reading set that make a statement (a bare place is put into the sentence that it stands for). */
export async function readings(context: DemonstrationContext, reader: ModelRef, limit = 100): Promise<Reading[]> {
  const items = (await context.evalSet('reading')).filter(({ answer }) => answer !== 'unknown').slice(0, limit)
  const texts = await decodeAll(context, items, alone(reader))
  return items.flatMap((item, index) => {
    const place = (texts[index] ?? '').replace(/\.$/, '').split(' ').at(-1) ?? ''
    if (place === '' || place === 'unknown') return []
    const answer = `${item.answer.replace(/\.$/, '').split(' ').slice(0, -1).join(' ')} ${place}.`
    const documents = (item.context ?? []).map((text, place) => ({ id: `s${place}`, text }))
    return [{ item, answer, isRight: answer === item.answer, documents }]
  })
}

export const claimOf = (text: string): Claim => ({ id: 'c1', text, start: 0, end: text.length })

/** The chance that a right item scores above a wrong one; ties count half. 0.5 tells nothing. */
export function areaUnderCurve(scored: readonly { readonly score: number; readonly isRight: boolean }[]): number {
  const [right, wrong] = [scored.filter(({ isRight }) => isRight), scored.filter(({ isRight }) => !isRight)]
  if (right.length === 0 || wrong.length === 0) return Number.NaN
  let wins = 0
  for (const a of right) for (const b of wrong) wins += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0
  return wins / (right.length * wrong.length)
}

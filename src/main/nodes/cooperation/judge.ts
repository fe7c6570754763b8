import type { Prompt } from '../../../shared/expression'
import { areNliLabels, type NliLabel, nliLabel } from '../../../shared/pair-labels'
import type { Entailment, ModelRef } from '../../../shared/value'
import { averageOrders, calibrate, entailmentOf, neutralOnly } from '../../claims/entail'
import { entailmentOfExplained, explainedShare } from '../../claims/explain'
import { askNli, type NliFormat, type NliQuestion, nliFormats } from '../../claims/nli-prompts'
import type { LanguageModel, TokenSurprisal } from '../../models/model'
import type { RunContext } from '../../node-runtime'
import { isToy, labelsOf } from '../asking'

/** Does the evidence entail the claim? Asked of an NLI model or of a language model; equal questions are asked once. */
export type Judge = (evidence: string, claim: string) => Promise<Entailment>

/** The params of every node that lets a model judge. */
export const judgeParams = {
  format: {
    kind: 'choice',
    default: 'auto',
    title: 'How the model is asked',
    summary: 'the words in which evidence and claim are put to the model',
    advanced: true,
    options: [
      {
        value: 'auto',
        title: 'As the model knows it',
        summary: 'small models by what the evidence explains, larger ones in their chat form; the toys in their own form',
      },
      {
        value: 'explained',
        title: 'What the evidence explains',
        summary: 'not asked at all: how much of the claim’s surprise the evidence takes away; the way for models too small to judge',
      },
      { value: 'chat', title: 'Yes, No or Unknown, as a chat' },
      { value: 'plain', title: 'Yes, No or Unknown, as plain text' },
      { value: 'letters', title: 'A, B or C, in three orders', summary: 'three questions a claim; no answer is favoured for its place' },
      { value: 'toy', title: 'premise … claim … label', summary: 'the form that the toy models were trained on' },
    ],
  },
  calibrate: {
    kind: 'boolean',
    default: false,
    title: 'Correct for habit',
    summary: 'divide by what the model answers when evidence and claim are empty of content; helps small models that nearly always say yes',
    advanced: true,
  },
} as const

export interface JudgeOptions {
  readonly format: string
  readonly calibrate: boolean
}

export async function createJudge(ref: ModelRef, options: JudgeOptions, context: RunContext): Promise<Judge> {
  const model = await context.models.open(ref)
  const labels = await labelsOf(model, context)
  if (areNliLabels(labels)) return encoderJudge(model, labels, context)
  const format = options.format === 'auto' ? await formatOf(model, context) : options.format
  if (format === 'explained') return explainingJudge(model, context)
  return askingJudge(model, nliFormats.find((name) => name === format) ?? 'plain', options, context)
}

/** An NLI model reads evidence and claim as a pair and says what it was trained to say; how others are asked does not concern it. */
function encoderJudge(model: LanguageModel, labels: readonly string[], context: RunContext): Judge {
  const meanings = labels.map(nliLabel)
  const judged = remember(async (claim, evidence) => {
    context.signal.throwIfAborted()
    const [scores] = await model.readPairs([{ first: evidence, second: claim }], context.models.call)
    const of = (meaning: NliLabel) => meanings.flatMap((label, i) => (label === meaning ? [scores![i]!] : []))
    return entailmentOf({ entailment: of('entailment'), neutral: of('neutral'), contradiction: of('contradiction') })
  })
  return (evidence, claim) => (evidence.trim() === '' || claim.trim() === '' ? Promise.resolve(neutralOnly) : judged(claim, evidence))
}

/** Nothing is asked: the claim is read after the evidence and after a sentence without content, and the surprise of its words is compared. */
function explainingJudge(model: LanguageModel, context: RunContext): Judge {
  const measure = async (before: string, claim: string): Promise<TokenSurprisal[]> => {
    context.signal.throwIfAborted()
    const lead = `${before} In other words: `
    return tailOf(await model.surprisal(`${lead}${claim}`, context.models.call), claim.length)
  }
  const alone = remember((claim) => measure('Something happened.', claim))
  const judged = remember(async (claim, evidence) =>
    entailmentOfExplained(explainedShare(claim, await alone(claim, ''), await measure(evidence, claim)), claim, evidence),
  )
  return (evidence, claim) =>
    evidence.trim() === '' || claim.trim() === '' ? Promise.resolve(neutralOnly) : judged(claim.trim(), evidence.trim())
}

/** The tokens of the last `length` characters; of one that lies across the cut, the part after it. */
function tailOf(tokens: readonly TokenSurprisal[], length: number): TokenSurprisal[] {
  let left = tokens.reduce((sum, { text }) => sum + text.length, 0) - length
  return tokens.flatMap((token) => {
    const before = left
    left -= token.text.length
    return left >= 0 ? [] : [before > 0 ? { ...token, text: token.text.slice(before) } : token]
  })
}

async function askingJudge(model: LanguageModel, format: NliFormat, options: JudgeOptions, context: RunContext): Promise<Judge> {
  const ask = async (evidence: string, claim: string): Promise<Entailment> => {
    const opinions: Entailment[] = []
    for (const question of askNli(format, evidence, claim)) opinions.push(await answer(model, question, context))
    return opinions.length === 1 ? opinions[0]! : averageOrders(opinions)
  }
  const empty = options.calibrate ? await ask('N/A', 'N/A') : undefined
  const judged = remember(async (claim, evidence) => {
    const opinion = await ask(evidence, claim)
    return empty ? calibrate(opinion, empty) : opinion
  })
  return (evidence, claim) => (evidence.trim() === '' || claim.trim() === '' ? Promise.resolve(neutralOnly) : judged(claim, evidence))
}

/** Equal questions are asked once. */
function remember<T>(work: (claim: string, evidence: string) => Promise<T>): (claim: string, evidence: string) => Promise<T> {
  const known = new Map<string, Promise<T>>()
  return (claim, evidence) => {
    const key = `${evidence}\u0000${claim}`
    const result = known.get(key) ?? work(claim, evidence)
    known.set(key, result)
    return result
  }
}

/** Below about a gigabyte, models that were not trained to judge answer such questions little better than by chance. */
const judgingBytes = 900_000_000

async function formatOf(model: LanguageModel, context: RunContext): Promise<NliFormat | 'explained'> {
  if (isToy(model.ref)) return 'toy'
  const { backend, sizeBytes = 0 } = model.ref
  if (backend === 'llama-cpp' && sizeBytes < judgingBytes) return 'explained'
  return (await model.describe(context.models.call)).hasChatTemplate ? 'chat' : 'plain'
}

/** Log-probabilities of the possible answers, read off after the prompt; nothing is written and parsed. */
async function answer(model: LanguageModel, { prompt, answers, end }: NliQuestion, context: RunContext): Promise<Entailment> {
  context.signal.throwIfAborted()
  const labels = ['entailment', 'neutral', 'contradiction'] as const
  const continuations = labels.flatMap((label) => answers[label])
  const scores = await model.scoreContinuations({ prompt: prompt as Prompt, continuations, end }, context.models.call)
  let at = 0
  const [entailment, neutral, contradiction] = labels.map((label) => answers[label].map(() => scores[at++]!.logprob))
  return entailmentOf({ entailment: entailment!, neutral: neutral!, contradiction: contradiction! })
}

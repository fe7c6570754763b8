import type { Prompt } from '../../../shared/expression'
import type { Entailment, ModelRef } from '../../../shared/value'
import { averageOrders, calibrate, entailmentOf, neutralOnly } from '../../claims/entail'
import { askNli, type NliFormat, type NliQuestion, nliFormats } from '../../claims/nli-prompts'
import type { LanguageModel } from '../../models/model'
import type { RunContext } from '../../node-runtime'
import { isToy } from '../asking'

/** Does the evidence entail the claim? Asked of a language model; equal questions are asked once. */
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
      { value: 'auto', title: 'As the model knows it', summary: 'its chat form where it has one; the toys in their own form' },
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
  const format = nliFormats.find((name) => name === options.format) ?? (await formatOf(model, context))
  const ask = async (evidence: string, claim: string): Promise<Entailment> => {
    const opinions: Entailment[] = []
    for (const question of askNli(format, evidence, claim)) opinions.push(await answer(model, question, context))
    return opinions.length === 1 ? opinions[0]! : averageOrders(opinions)
  }
  const empty = options.calibrate ? await ask('N/A', 'N/A') : undefined
  const asked = new Map<string, Promise<Entailment>>()
  return (evidence, claim) => {
    if (evidence.trim() === '' || claim.trim() === '') return Promise.resolve(neutralOnly)
    const key = `${evidence}\u0000${claim}`
    const known = asked.get(key) ?? ask(evidence, claim).then((opinion) => (empty ? calibrate(opinion, empty) : opinion))
    asked.set(key, known)
    return known
  }
}

async function formatOf(model: LanguageModel, context: RunContext): Promise<NliFormat> {
  if (isToy(model.ref)) return 'toy'
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

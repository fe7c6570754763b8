import type { Prompt } from '../../shared/expression'
import type { ChatMessage, Entailment } from '../../shared/value'

export const nliFormats = ['chat', 'plain', 'letters', 'toy'] as const
export type NliFormat = (typeof nliFormats)[number]

/** One question to a model: what to continue, and which continuations mean which label. */
export interface NliQuestion {
  readonly prompt: { readonly kind: 'text'; readonly text: string } | { readonly kind: 'chat'; readonly messages: readonly ChatMessage[] }
  readonly answers: { readonly [label in keyof Entailment]: readonly string[] }
  /** the answer must end there: for labels of several tokens, one of which may begin another */
  readonly end: boolean
}

const instruction =
  'You check statements against evidence. Say Yes if the evidence shows that the statement is true, No if it shows that the statement is false, and Unknown if it does not tell.'
const labels = ['entailment', 'neutral', 'contradiction'] as const
const meanings = {
  entailment: 'the evidence shows that the statement is true',
  neutral: 'the evidence does not tell',
  contradiction: 'the evidence shows that the statement is false',
}

/**
 * How a model is asked. `chat`: yes, no or unknown, in the model's own chat form. `plain`: the same as one text, for models without a chat form. `letters`: three
 * lettered options in three orders (average them, `averageOrders`), so that no place is favoured. `toy`: the form that the toy models were trained on.
 * The evidence stands first, so that its part of the model's memory serves all claims.
 */
export function askNli(format: NliFormat, evidence: string, claim: string): NliQuestion[] {
  if (format === 'toy') {
    const text = `premise: ${stopped(evidence)} claim: ${stopped(claim)} label:`
    return [{ prompt: { kind: 'text', text }, answers: { entailment: [' yes'], neutral: [' unknown'], contradiction: [' no'] }, end: true }]
  }
  if (format === 'plain') {
    const text = `${instruction}\n\nEvidence: ${evidence}\nStatement: ${claim}\nAnswer:`
    return [
      {
        prompt: { kind: 'text', text },
        answers: { entailment: [' Yes', ' yes'], neutral: [' Unknown', ' unknown'], contradiction: [' No', ' no'] },
        end: false,
      },
    ]
  }
  if (format === 'chat')
    return [
      {
        prompt: chat(
          instruction,
          `Evidence: ${evidence}\n\nStatement: ${claim}\n\nIs the statement true according to the evidence? Answer Yes, No or Unknown.`,
        ),
        answers: { entailment: ['Yes', 'yes'], neutral: ['Unknown', 'unknown'], contradiction: ['No', 'no'] },
        end: false,
      },
    ]
  return [0, 1, 2].map((shift) => {
    const order = [0, 1, 2].map((place) => labels[(place + shift) % 3]!)
    const options = order.map((label, place) => `${'ABC'[place]}) ${meanings[label]}`).join('\n')
    const letterOf = (label: keyof Entailment) => 'ABC'[order.indexOf(label)]!
    return {
      prompt: chat(
        'You check statements against evidence.',
        `Evidence: ${evidence}\n\nStatement: ${claim}\n\nWhich is right?\n${options}\n\nAnswer with one letter.`,
      ),
      answers: { entailment: [letterOf('entailment')], neutral: [letterOf('neutral')], contradiction: [letterOf('contradiction')] },
      end: false,
    }
  })
}

const chat = (system: string, user: string): Prompt & { kind: 'chat' } => ({
  kind: 'chat',
  messages: [
    { role: 'system', content: system },
    { role: 'user', content: user },
  ],
})

/** The toys know statements with a full stop, in lower case. */
function stopped(text: string): string {
  const lower = text.trim().toLowerCase()
  return /[.!?]$/.test(lower) ? lower : `${lower}.`
}

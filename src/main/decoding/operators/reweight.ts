import { topK } from '../distribution'
import { defineOperator } from '../operator'
import { rescore } from '../rescore'

/** What a judge thought of the likeliest tokens: log P(wanted) of each. */
export interface Opinions {
  readonly tokens: readonly number[]
  readonly wanted: readonly number[]
}

/** FUDGE: log p + λ·log P(wanted | text, token) on the k likeliest tokens. RAD: log p + β·r with r = P(wanted) or its opposite. Others become impossible. */
export default defineOperator(
  {
    name: 'reweight',
    title: 'Steer by a judge (FUDGE, RAD)',
    formula: 'for the {k} likeliest tokens v; all others become impossible',
    summary: 'Lets a judge model say, for each likely token, whether the text would still be as wanted.',
    help: `At each token the *k* likeliest candidates are tried: the judge reads the text with the candidate, then the question, and the odds of its two answers give P(wanted).

- **probability** (FUDGE): p·P(wanted)^λ, by Bayes’ rule; λ = 0 does nothing.
- **reward** (RAD): adds λ·P(wanted) to the log-probability; strengths around 10 to 50.
- **penalty**: adds λ·(1 − P(wanted)): steers away.

The judge’s prompt (of the distribution wired into *judge*) is what stands before the text, for instance “Reply:”; the *question* stands after it, for instance “ Is this polite? Answer:”. Each token costs k short judgements, all in one batch; a judge of another vocabulary is asked in its own tokens. No drafter.`,
    synonyms: ['FUDGE', 'RAD', 'reward', 'classifier', 'guided', 'controlled generation', 'attribute', 'discriminator'],
    family: 'cooperation',
    survey: '5.2.2',
    paper: 'Yang & Klein 2021, arXiv:2104.05218; Deng & Raffel 2023, arXiv:2310.09520',
    systems: ['fudge', 'rad'],
    inputs: {
      of: { arity: 'one', summary: 'the distribution to steer' },
      judge: { arity: 'one', summary: 'the model that judges; its prompt stands before the text', role: 'judge' },
    },
    params: {
      question: {
        kind: 'text',
        default: ' Is this as wanted? Answer:',
        multiline: true,
        title: 'Question',
        summary: 'what stands after the text',
      },
      yes: { kind: 'text', default: ' yes', title: 'Wanted', summary: 'the judge’s answer for text as wanted' },
      no: { kind: 'text', default: ' no', title: 'Not wanted', summary: 'its answer for other text; must begin with another token' },
      strength: {
        kind: 'number',
        default: 1,
        min: 0,
        max: 100,
        step: 0.5,
        title: 'Strength',
        summary: 'λ; 0 keeps the order of the candidates',
      },
      link: {
        kind: 'choice',
        default: 'probability',
        title: 'Form',
        summary: 'how the judgement enters',
        options: [
          { value: 'probability', title: 'probability (FUDGE)', formula: 'score(v) = log p(v) + {strength} · log P(wanted | text, v)' },
          { value: 'reward', title: 'reward (RAD)', formula: 'score(v) = log p(v) + {strength} · P(wanted | text, v)' },
          { value: 'penalty', title: 'penalty', formula: 'score(v) = log p(v) + {strength} · (1 − P(wanted | text, v))' },
        ],
      },
      k: {
        kind: 'number',
        default: 20,
        min: 1,
        max: 200,
        step: 1,
        integer: true,
        title: 'Candidates',
        summary: 'so many of the likeliest tokens are judged',
      },
    },
    face: 'question',
  },
  {
    reserve: ({ k }) => ({ branches: k, tokens: 256 }),
    async consult({ inputs: { of }, params: { k, question, yes, no } }, consultant): Promise<Opinions> {
      const tokens = Array.from(topK(of.values, k))
      const answers = await consultant.choose(
        tokens.map((token) => [token]),
        question,
        [yes, no],
      )
      return { tokens, wanted: answers.map(([wanted]) => wanted as number) }
    },
    apply({ inputs: { of }, params: { strength, link }, advice }, out) {
      const { tokens, wanted } = advice as Opinions
      const term = (log: number): number => (link === 'probability' ? log : link === 'reward' ? Math.exp(log) : 1 - Math.exp(log))
      rescore(
        of,
        tokens,
        wanted.map((log) => (strength === 0 ? 0 : strength * term(log))),
        out,
      )
    },
  },
)

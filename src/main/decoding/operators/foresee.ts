import { topK } from '../distribution'
import { isDivergent } from '../judge'
import { defineOperator } from '../operator'
import { rescore } from '../rescore'

/** How well each candidate leads to the text that should be likely afterwards, in nats. */
interface Foresight {
  readonly tokens: readonly number[]
  readonly scores: readonly number[]
}

/** score(v) = log p(v) + λ·R, R = log p(goal | text, span of v): future-constrained decoding (spans of one token) and DIVER (spans to the next divergence). */
export default defineOperator(
  {
    name: 'foresee',
    title: 'Steer by what should follow',
    formula:
      'score(v) = log p(v) + λ · ℓ(v), λ = {strength}\nfor the {candidates} likeliest that are at least {gate} as likely as the first, where there are two; all others become impossible\nv goes on for at most {span} tokens',
    summary: 'Prefers tokens after which a given text (a constraint, or the input itself) becomes likely.',
    help: `Where the model wavers, each plausible token is judged by how likely it makes a *goal*: **log p(token) + λ·log p(goal | text, token)**.

- **Future-constrained decoding** (Tu 2023): the goal is the constraint in words; spans of one token.
- **DIVER** (Lu 2024): the goal is the input, so the answer that best explains its input wins (pointwise mutual information; the part without the answer is equal for all candidates). Each candidate is continued greedily up to the next wavering, at most *span* tokens.

*Gate*: only where the second likeliest token has at least this share of the first. The judge’s prompt stands before the text. Where the gate opens it costs one reading of the goal per candidate, all in one batch. No drafter.`,
    synonyms: ['DIVER', 'PMI', 'future constraint', 'verifier', 'mutual information', 'lookahead', 'faithful'],
    family: 'cooperation',
    survey: '5.2.2',
    paper: 'Tu et al. 2023, arXiv:2312.06149; Lu et al. 2024, arXiv:2406.02355',
    systems: ['future-constrained', 'diver'],
    inputs: {
      of: { arity: 'one', summary: 'the distribution to steer; for spans longer than one token a model itself' },
      judge: { arity: 'one', summary: 'the model that judges; its prompt stands before the text', role: 'judge' },
    },
    params: {
      goal: { kind: 'text', default: '', multiline: true, title: 'Goal', summary: 'the text that should be likely after the answer' },
      strength: { kind: 'number', default: 0.5, min: 0, max: 20, step: 0.1, title: 'Strength', summary: 'λ; 0 keeps the order' },
      gate: {
        kind: 'number',
        default: 0.25,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Gate',
        summary: 'share of the best that makes a token plausible; 0: always ask',
      },
      candidates: {
        kind: 'number',
        default: 4,
        min: 2,
        max: 64,
        step: 1,
        integer: true,
        title: 'Candidates',
        summary: 'tokens compared, at most',
      },
      span: {
        kind: 'number',
        default: 1,
        min: 1,
        max: 64,
        step: 1,
        integer: true,
        title: 'Span',
        summary: 'tokens that a candidate is continued, at most',
      },
      measure: {
        kind: 'choice',
        default: 'mean',
        title: 'Measure',
        summary: 'of the goal’s log-probability',
        options: [
          { value: 'mean', title: 'per token', formula: 'ℓ(v) = log p_judge(goal | text, v) / tokens of the goal' },
          { value: 'sum', title: 'in all', formula: 'ℓ(v) = log p_judge(goal | text, v)' },
        ],
        advanced: true,
      },
    },
    face: 'goal',
  },
  {
    reserve: ({ candidates, span }) => ({ branches: candidates, tokens: 512 + span }),
    async consult({ inputs: { of }, params }, consultant): Promise<Foresight | undefined> {
      const { goal, gate, candidates, span, measure } = params
      if (goal === '' || !isDivergent(of, gate)) return undefined
      const floor = of.max + Math.log(gate) - 1e-6
      const tokens = Array.from(topK(of.values, candidates)).filter((token) => (of.values[token] as number) >= floor)
      const found = await consultant.likelihood(await consultant.spans(tokens, span, gate), goal)
      return { tokens, scores: found.map(({ nats, tokens: count }) => (measure === 'mean' ? nats / count : nats)) }
    },
    apply({ inputs: { of }, params: { strength }, advice }, out) {
      const foresight = advice as Foresight | undefined
      if (foresight !== undefined) {
        const { tokens, scores } = foresight
        return rescore(
          of,
          tokens,
          scores.map((score) => (strength === 0 ? 0 : strength * score)),
          out,
        )
      }
      out.values.set(of.values)
      out.touch()
    },
  },
)

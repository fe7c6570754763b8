import { defineOperator } from '../operator'
import type { Row } from '../row'

/** Sums of the log-probabilities of the output so far under both class models, and how many tokens they cover. */
interface ClassState {
  readonly desired: number
  readonly undesired: number
  readonly tokens: number
}

/** GeDi: log p + ω log σ(s·(ℓ₊ − ℓ₋) + b), ℓ = mean log-probability of output and candidate under a class-conditional model; then its filter. */
export default defineOperator(
  {
    name: 'class-bayes',
    title: 'Steer by two classes (GeDi)',
    formula:
      "log p'(v) = log p(v) + {strength} · log σ({scale} · (ℓ₊(v) − ℓ₋(v)) + {bias})\nℓ: log-probability of the output and v under the wanted and the unwanted model, divided by their tokens (sum: not divided)\nwithout the v of least σ while it is below {filterThreshold} and their mass below {filterMass}",
    summary: 'Weighs every token by how much likelier it is in desired than in undesired text, by Bayes’ rule.',
    help: `Two class-conditional models (or one small model with two prompts: “polite reply:” and “rude reply:”) say how likely each token is in wanted and unwanted text. By Bayes’ rule that gives P(wanted | output so far, token) for the **whole vocabulary** in one pass: **log p + ω·log P(wanted)**.

*Strength* ω: 0 does nothing, 1 is plain Bayes, 30 the published setting for hard steering. The class scores are means over the output so far (as published) or sums (exact Bayes). *Filter*: tokens with P(wanted) below the threshold are removed as long as the removed mass stays below the share; 0 switches it off.

Costs one pass of the main model and of both class models; two prompts on one model run in one batch.`,
    synonyms: ['GeDi', 'class-conditional', 'Bayes', 'control', 'detoxify', 'steer', 'FUDGE', 'attribute', 'style'],
    family: 'cooperation',
    survey: '5.2.2',
    paper: 'Krause et al. 2021, arXiv:2009.06367; Yang & Klein 2021, arXiv:2104.05218',
    systems: ['gedi'],
    inputs: {
      of: { arity: 'one', summary: 'the distribution to steer' },
      desired: { arity: 'one', summary: 'a model of text as wanted' },
      undesired: { arity: 'one', summary: 'a model of text as not wanted' },
    },
    params: {
      strength: { kind: 'number', default: 1, min: 0, max: 100, step: 0.5, title: 'Strength', summary: 'ω; 0 does nothing, 1 is Bayes' },
      scale: {
        kind: 'number',
        default: 1,
        min: 0,
        max: 50,
        step: 0.5,
        title: 'Scale',
        summary: 's: how sharply the classes part',
        advanced: true,
      },
      bias: {
        kind: 'number',
        default: 0,
        min: -20,
        max: 20,
        step: 0.5,
        title: 'Bias',
        summary: 'b: prior log-odds of the wanted class',
        advanced: true,
      },
      history: {
        kind: 'choice',
        default: 'mean',
        title: 'History',
        summary: 'how the output so far counts',
        options: [
          { value: 'mean', title: 'mean per token (GeDi)' },
          { value: 'sum', title: 'sum (exact Bayes)' },
        ],
        advanced: true,
      },
      filterMass: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Filter mass',
        summary: 'mass that the filter may remove; 0: no filter',
      },
      filterThreshold: {
        kind: 'number',
        default: 0.8,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Filter threshold',
        summary: 'only tokens with P(wanted) below this are removed',
        advanced: true,
      },
    },
    face: 'strength',
  },
  {
    start: (): ClassState => ({ desired: 0, undesired: 0, tokens: 0 }),
    next: ({ inputs, state }, token) => ({
      desired: state.desired + inputs.desired.logprob(token),
      undesired: state.undesired + inputs.undesired.logprob(token),
      tokens: state.tokens + 1,
    }),
    apply({ inputs: { of, desired, undesired }, params, state }, out) {
      const divisor = params.history === 'mean' ? state.tokens + 1 : 1
      const logClass = new Float64Array(out.values.length)
      for (let v = 0; v < out.values.length; v++) {
        const plus = state.desired + desired.logprob(v)
        const minus = state.undesired + undesired.logprob(v)
        const odds = minus === -Infinity ? (plus === -Infinity ? 0 : Infinity) : (plus - minus) / divisor
        logClass[v] = logSigmoid(params.scale === 0 ? params.bias : params.scale * odds + params.bias)
        const score = of.values[v] as number
        out.values[v] = score === -Infinity ? score : params.strength === 0 ? score : score + params.strength * (logClass[v] as number)
      }
      out.touch()
      if (params.filterMass > 0) filter(out, logClass, params.filterMass, Math.log(params.filterThreshold))
    },
  },
)

/** Removes tokens in ascending order of P(wanted) while the mass up to and with each is below `mass` and its P(wanted) below the threshold. */
function filter(out: Row, logClass: Float64Array, mass: number, logThreshold: number): void {
  const order = Array.from(logClass.keys()).sort((a, b) => (logClass[a] as number) - (logClass[b] as number) || a - b)
  const removed: number[] = []
  let sum = 0
  for (const v of order) {
    sum += Math.exp(out.logprob(v))
    if (sum >= mass || (logClass[v] as number) >= logThreshold) break
    removed.push(v)
  }
  if (removed.length === out.values.length) return
  for (const v of removed) out.values[v] = -Infinity
  out.touch()
}

const logSigmoid = (x: number): number => (x >= 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x)))

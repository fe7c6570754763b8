import { kernel } from '../kernel/index'
import { defineOperator } from '../operator'

/** CP-Δ. kl: p ∝ p1^α p2^β (α = β = ½: the bound −2 log Z holds for both). max: p ∝ min(p1, p2), bound −log Z'. Disjoint supports: the trusted model alone. */
export default defineOperator(
  {
    name: 'cp-delta',
    title: 'Purify (CP-Δ)',
    formula: 'mean: p ∝ p_1^a · p_2^(1 − a), a = {share}\nminimum: p ∝ min(p_1, p_2)',
    summary: 'Bounds how much an untrusted model can show by holding it near a small trusted one.',
    help: `Averages a large model of unknown training data with a small model trained on trusted data, so that what only the large one has memorised, or was poisoned with, cannot come out.

- **mean** (Δ = KL): p ∝ √(p₁·p₂). With Z = Σ√(p₁p₂), the divergence from either model is at most −2·log Z per token. Other shares than ½ trade this bound for quality.
- **minimum** (Δ = max): p ∝ min(p₁, p₂): no token is more than 1/Z′ times as likely as in either model.

If the two models have no token in common, the trusted one decides alone. The small model bounds fluency too. Same vocabulary; one pass of each.`,
    synonyms: ['purify', 'copyright', 'near access-free', 'untrusted', 'backdoor', 'privacy', 'benign', 'safe'],
    family: 'ensemble',
    survey: '4.2',
    paper: 'Li et al. 2024, arXiv:2402.14845; Vyas et al. 2023, arXiv:2302.10870',
    systems: ['cp-delta'],
    inputs: {
      untrusted: { arity: 'one', summary: 'the large model' },
      trusted: { arity: 'one', summary: 'the small model trained on trusted data' },
    },
    params: {
      form: {
        kind: 'choice',
        default: 'mean',
        title: 'Form',
        summary: 'which distance is bounded',
        options: [
          { value: 'mean', title: 'geometric mean' },
          { value: 'minimum', title: 'minimum' },
        ],
      },
      share: {
        kind: 'number',
        default: 0.5,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Share of the untrusted model',
        summary: '½ has the guarantee',
        when: { param: 'form', in: ['mean'] },
      },
    },
    face: 'share',
  },
  {
    apply({ inputs: { untrusted, trusted }, params }, out) {
      if (params.form === 'mean') kernel.combine([untrusted.values, trusted.values], [params.share, 1 - params.share], out.values)
      else {
        const shift = untrusted.logZ - trusted.logZ
        for (let v = 0; v < out.values.length; v++) {
          out.values[v] = Math.min(untrusted.values[v] as number, (trusted.values[v] as number) + shift)
        }
      }
      out.touch()
      if (out.max === -Infinity) {
        out.values.set(trusted.values)
        out.touch()
      }
    },
  },
)

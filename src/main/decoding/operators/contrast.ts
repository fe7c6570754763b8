import { kernel } from '../kernel/index'
import { cutBelowBest } from '../mask'
import { defineOperator } from '../operator'
import type { Row } from '../row'

/**
 * What the expert likes and the amateur does not, among tokens with p_expert ≥ plausibility · max p_expert.
 * li: log p_E − log softmax(z_A/τ). beta: (1+β) z_E − β z_A. prob: max(0, p_E − β p_A). What either rules out stays out.
 */
export default defineOperator(
  {
    name: 'contrast',
    title: 'Contrast',
    formula: 'only tokens with p_expert(v) ≥ {plausibility} · max p_expert',
    summary: 'Prefers tokens that an expert likes and an amateur does not, among those the expert finds plausible.',
    help: `Contrastive decoding. Both models see the same output; at each token the amateur's opinion is subtracted from the expert's.

- **score difference** (Li 2023): log p_expert − log p_amateur; strong, needs the plausibility cut.
- **weighted logits** (O'Brien & Lewis 2023): (1+β)·expert − β·amateur; β = 0 is the expert, larger moves further away from the amateur.
- **probability difference** (Waldendorf 2024): max(0, p_expert − β·p_amateur).

*Plausibility* keeps only tokens at least that share as likely as the expert's best; 1 leaves the expert's best token alone, 0 keeps every token and lets nonsense through. A smaller model, a lower quantisation, a model made to hallucinate, the same model with a misleading prompt: each makes an amateur. If the amateur equals the expert, the order stays the expert's for weighted logits. Costs one pass of each.`,
    synonyms: ['contrastive decoding', 'CD', 'DCD', 'ICD', 'induced hallucination', 'amateur', 'expert', 'plausibility', 'detox', 'anti'],
    family: 'cooperation',
    survey: '5.2.1',
    paper: 'Li et al. 2023, arXiv:2210.15097; O’Brien & Lewis 2023, arXiv:2309.09117',
    systems: ['contrastive-decoding', 'cd-reasoning', 'dcd', 'cd-translation', 'icd', 'detox-contrast', 'counterfactual-cd'],
    inputs: {
      expert: { arity: 'one', summary: 'the distribution to follow' },
      amateur: { arity: 'one', summary: 'the distribution to move away from' },
    },
    params: {
      form: {
        kind: 'choice',
        default: 'beta',
        title: 'Form',
        summary: 'how the amateur is taken away',
        options: [
          { value: 'beta', title: 'weighted logits', formula: "z'(v) = (1 + β) · z_expert(v) − β · z_amateur(v), β = {beta}" },
          {
            value: 'li',
            title: 'score difference',
            formula: 'score(v) = log p_expert(v) − log softmax(z_amateur / T)(v), T = {amateurTemperature}',
          },
          { value: 'prob', title: 'probability difference', formula: "p'(v) = max(0, p_expert(v) − β · p_amateur(v)), β = {beta}" },
        ],
      },
      beta: {
        kind: 'number',
        default: 0.5,
        min: 0,
        max: 5,
        step: 0.1,
        title: 'Strength',
        summary: 'how far to move away from the amateur; 0 is the expert alone',
        when: { param: 'form', in: ['beta', 'prob'] },
      },
      plausibility: {
        kind: 'number',
        default: 0.1,
        min: 0,
        max: 1,
        step: 0.01,
        title: 'Plausibility',
        summary: 'keeps tokens at least this share as likely as the expert’s best',
      },
      amateurTemperature: {
        kind: 'number',
        default: 1,
        min: 0.05,
        max: 5,
        step: 0.05,
        title: 'Amateur temperature',
        summary: 'flattens (above 1) or sharpens (below 1) the amateur first; 1 does nothing',
        when: { param: 'form', in: ['li'] },
        advanced: true,
      },
    },
    face: 'beta',
  },
  {
    weights({ params: { form, beta, amateurTemperature } }) {
      if (form === 'li') return { expert: [1], amateur: [-1 / amateurTemperature] }
      return form === 'prob' ? { expert: [1], amateur: [-beta] } : { expert: [1 + beta], amateur: [-beta] }
    },
    apply({ inputs: { expert, amateur }, params }, out) {
      const floor = cutBelowBest(expert, params.plausibility)
      const score = scorer(params, expert, amateur)
      const e = expert.values
      const a = amateur.values
      for (let v = 0; v < e.length; v++) {
        const ev = e[v] as number
        const av = a[v] as number
        out.values[v] = ev >= floor && ev > -Infinity && av > -Infinity ? score(ev, av) : -Infinity
      }
      out.touch()
      if (out.max === -Infinity) fallBack(expert, floor, out)
    },
  },
)

function scorer(
  { form, beta, amateurTemperature }: { form: string; beta: number; amateurTemperature: number },
  expert: Row,
  amateur: Row,
): (e: number, a: number) => number {
  if (form === 'beta') return (e, a) => e + beta * (e - a)
  if (form === 'prob') return (e, a) => Math.log(Math.max(0, Math.exp(e - expert.logZ) - beta * Math.exp(a - amateur.logZ)))
  const shift = temperedLogZ(amateur, amateurTemperature) - expert.logZ
  return (e, a) => e - a / amateurTemperature + shift
}

/** log Σ exp(values/τ) */
function temperedLogZ(row: Row, temperature: number): number {
  if (temperature === 1) return row.logZ
  const scaled = new Float32Array(row.values.length)
  kernel.combine([row.values], [1 / temperature], scaled)
  return kernel.logSumExp(scaled, row.max / temperature)
}

/** Where the amateur leaves nothing of the plausible set, the expert's own plausible tokens stand. */
function fallBack(expert: Row, floor: number, out: Row): void {
  for (let v = 0; v < out.values.length; v++) {
    const x = expert.values[v] as number
    out.values[v] = x >= floor ? x : -Infinity
  }
  out.touch()
}

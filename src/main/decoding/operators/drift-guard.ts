import { defineOperator } from '../operator'
import { multiplyRows, type Row } from '../row'

/** base^(1−t) · changed^t with the largest t in [0, 1] whose KL(p ‖ base) stays within `budget` nats, by bisection (KL grows with t). */
export default defineOperator(
  {
    name: 'drift-guard',
    title: 'Drift guard',
    formula: 'p ∝ base^(1 − t) · changed^t\nthe largest t in 0…1 with KL(p ‖ base) ≤ {budget} nats',
    summary: 'Lets an offset or a steering change the base model only so far per token.',
    help: `Between the base and the changed distribution lies a straight line in log space. The guard goes along it as far as the divergence from the base, KL in nats, stays within the budget: the changed distribution itself where it is near enough, else a weakened one.

Use it to see and to limit how much a small pair of models can move a large one: with a budget of 0 the base stands, with a large one nothing is held back.`,
    synonyms: ['safety', 'KL', 'limit', 'clip', 'weak-to-strong', 'guardrail'],
    family: 'cooperation',
    survey: '5.2.3',
    systems: ['weak-to-strong-safety'],
    inputs: {
      base: { arity: 'one', summary: 'the distribution to stay near' },
      changed: { arity: 'one', summary: 'the steered distribution' },
    },
    params: {
      budget: {
        kind: 'number',
        default: 0.1,
        min: 0,
        max: 20,
        step: 0.05,
        unit: 'nats',
        title: 'Budget',
        summary: 'largest divergence from the base per token',
      },
    },
    face: 'budget',
  },
  {
    apply({ inputs: { base, changed }, params: { budget } }, out) {
      const tilt = (t: number): number => {
        multiplyRows([base, changed], [1 - t, t], out)
        return divergence(out, base)
      }
      if (tilt(1) <= budget) return
      let low = 0
      let high = 1
      for (let step = 0; step < 30; step++) {
        const middle = (low + high) / 2
        if (tilt(middle) <= budget) low = middle
        else high = middle
      }
      tilt(low)
    },
  },
)

/** KL(p ‖ q) in nats. */
function divergence(p: Row, q: Row): number {
  let sum = 0
  for (let v = 0; v < p.values.length; v++) {
    const logprob = p.logprob(v)
    if (logprob > -60) sum += Math.exp(logprob) * (logprob - q.logprob(v))
  }
  return Math.max(0, sum)
}

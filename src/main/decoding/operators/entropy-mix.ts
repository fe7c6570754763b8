import { entropy } from '../distribution'
import { defineOperator } from '../operator'
import { mixRows } from '../row'

/** λ·p_large + (1−λ)·p_small with λ = σ(a·H_large + b·H_small + c), or λ ∝ the other's entropy. CombLM's entropy scalar. */
export default defineOperator(
  {
    name: 'entropy-mix',
    title: 'Mix by confidence (CombLM)',
    formula: 'p = λ · p_first + (1 − λ) · p_second, H: entropy',
    summary: 'Averages two models, token by token, giving more say to the one that is surer.',
    help: `At each position the share of the first model is set from both entropies.

- **opposite entropy**: λ = H_second / (H_first + H_second): the surer one gets more.
- **fitted**: λ = σ(a·H_first + b·H_second + c), the three numbers fitted on a few examples of the task (CombLM's entropy scalar).

If both are certain they share equally. Same vocabulary; one pass of each.`,
    synonyms: ['CombLM', 'entropy', 'adaptive mixture', 'confidence weighted'],
    family: 'cooperation',
    survey: '5.2.3',
    paper: 'Ormazabal et al. 2023, arXiv:2305.16876',
    systems: ['comblm'],
    inputs: {
      first: { arity: 'one', summary: 'for instance the large model' },
      second: { arity: 'one', summary: 'for instance the small tuned model' },
    },
    params: {
      rule: {
        kind: 'choice',
        default: 'opposite',
        title: 'Rule',
        summary: 'how the share is set',
        options: [
          { value: 'opposite', title: 'opposite entropy', formula: 'λ = H_second / (H_first + H_second)' },
          { value: 'fitted', title: 'fitted', formula: 'λ = σ(a · H_first + b · H_second + c), a = {a}, b = {b}, c = {c}' },
        ],
      },
      a: {
        kind: 'number',
        default: -1,
        title: 'a',
        summary: 'weight of the first model’s entropy',
        when: { param: 'rule', in: ['fitted'] },
      },
      b: {
        kind: 'number',
        default: 1,
        title: 'b',
        summary: 'weight of the second model’s entropy',
        when: { param: 'rule', in: ['fitted'] },
      },
      c: { kind: 'number', default: 0, title: 'c', summary: 'constant', when: { param: 'rule', in: ['fitted'] } },
    },
    face: 'rule',
  },
  {
    apply({ inputs: { first, second }, params: { rule, a, b, c } }, out) {
      const h1 = entropy(first)
      const h2 = entropy(second)
      const opposite = h1 + h2 > 0 ? h2 / (h1 + h2) : 0.5
      const share = rule === 'opposite' ? opposite : 1 / (1 + Math.exp(-(a * h1 + b * h2 + c)))
      mixRows([first, second], [share, 1 - share], out)
    },
  },
)

import { defineOperator } from '../operator'
import { multiplyRows } from '../row'

/** (1+α) z(v | context, question) − α z(v | question), no mask. Shi et al. 2023. */
export default defineOperator(
  {
    name: 'context-aware',
    title: 'Context-aware contrast',
    formula: "z'(v) = (1 + α) · z_with(v) − α · z_without(v), α = {alpha}",
    summary: 'Makes a model trust the context it was given over what it remembers.',
    help: `Context-aware decoding: the same model twice, once with the context in its prompt and once without, **(1+α)·with − α·without**. What the context changed is amplified, so a fact in the document wins over a different fact in memory.

Render what is equal in both prompts alike and leave only the context out. α = 0 ignores the second prompt; 0.5 is the published setting. Both leaves share one model in memory and are evaluated in one batch. Combine with *Keep top-p* against rare tokens.`,
    synonyms: ['CAD', 'context', 'faithful', 'hallucination', 'retrieval', 'grounding'],
    family: 'cooperation',
    survey: '5.2.1',
    paper: 'Shi et al. 2023, arXiv:2305.14739',
    systems: [],
    inputs: {
      with: { arity: 'one', summary: 'the model with the context in its prompt' },
      without: { arity: 'one', summary: 'the same model without it' },
    },
    params: {
      alpha: { kind: 'number', default: 0.5, min: 0, max: 5, step: 0.1, title: 'Strength', summary: 'α; 0 does nothing' },
    },
    face: 'alpha',
  },
  {
    weights: ({ params: { alpha } }) => ({ with: [1 + alpha], without: [-alpha] }),
    apply({ inputs, params: { alpha } }, out) {
      multiplyRows([inputs.with, inputs.without], [1 + alpha, -alpha], out)
    },
  },
)

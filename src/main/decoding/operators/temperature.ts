import { defineOperator } from '../operator'
import { multiplyRows } from '../row'

/** z / T. 1 does nothing. Order matters: before a linear mix it is another operator than after it. */
export default defineOperator(
  {
    name: 'temperature',
    title: 'Temperature',
    formula: "p' = softmax(z / T), T = {temperature}",
    summary: 'Flattens (above 1) or sharpens (below 1) one distribution before it meets others.',
    help: 'Divides all scores by the temperature: 1 does nothing, below 1 sharpens, above 1 flattens. Put it on one arm of an ensemble to weaken or strengthen that arm. For the whole output the decoder has its own temperature. Applied before an average of models it gives another result than after it.',
    synonyms: ['sharpen', 'flatten', 'soften', 'calibrate'],
    family: 'ensemble',
    inputs: { of: { arity: 'one', summary: 'the distribution' } },
    params: {
      temperature: { kind: 'number', default: 1, min: 0.01, max: 10, step: 0.05, title: 'Temperature', summary: '1 does nothing' },
    },
    face: 'temperature',
  },
  {
    apply({ inputs: { of }, params: { temperature } }, out) {
      multiplyRows([of], [1 / temperature], out)
    },
  },
)

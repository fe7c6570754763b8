import { defineDemonstration } from '../demonstration'
import { detectorArea } from '../detected'

export default defineDemonstration({
  system: 'summac',
  title: 'Each claim is compared with each sentence, and the strongest support counts',
  expected:
    'Right answers read from a context score above wrong ones with a chance (area under the curve) of at least 0.95; 0.5 tells nothing.',
  async run(context) {
    const area = await detectorArea(context, 'entailment')
    return { effect: `Area under the curve: ${area.toFixed(3)}.`, pass: area >= 0.95, figures: { areaUnderCurve: area } }
  },
})

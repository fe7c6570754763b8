import { defineDemonstration } from '../demonstration'
import { detectorArea } from '../detected'

export default defineDemonstration({
  system: 'minicheck',
  title: 'Support is judged by chunks of a few sentences',
  expected:
    'Right answers read from a context score above wrong ones with a chance (area under the curve) of at least 0.8; 0.5 tells nothing.',
  async run(context) {
    const area = await detectorArea(context, 'chunks')
    return { effect: `Area under the curve: ${area.toFixed(3)}.`, pass: area >= 0.8, figures: { areaUnderCurve: area } }
  },
})

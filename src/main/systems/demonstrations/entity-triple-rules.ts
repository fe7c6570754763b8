import { defineDemonstration } from '../demonstration'
import { detectorArea } from '../detected'

export default defineDemonstration({
  system: 'entity-triple-rules',
  title: 'Names and numbers of a claim must stand in the source',
  expected:
    'Right answers read from a context score above wrong ones with a chance (area under the curve) of at least 0.9; 0.5 tells nothing.',
  async run(context) {
    const area = await detectorArea(context, 'words')
    return { effect: `Area under the curve: ${area.toFixed(3)}.`, pass: area >= 0.9, figures: { areaUnderCurve: area } }
  },
})

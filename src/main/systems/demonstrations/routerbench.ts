import type { Dataset } from '../../../shared/value'
import { runCascade } from '../cascades'
import { defineDemonstration } from '../demonstration'

/** of the drafter and of an expert, in parameters */
const [cheap, dear] = [0.18, 0.89]

export default defineDemonstration({
  system: 'routerbench',
  title: 'One number for cost against quality',
  expected:
    'A cascade at three thresholds gives more quality for its cost than mixing its two models at random: its AIQ is greater by at least 0.03.',
  async run(context) {
    const settings: { cost: number; quality: number }[] = []
    const alone: { cost: number; quality: number }[] = []
    for (const threshold of [0.5, 0.8, 0.95]) {
      const { cascade, keptBySmall, smallAlone, expertsAlone } = await runCascade(context, { sureness: 'answer', threshold }, 60)
      settings.push({ cost: cheap + (1 - (keptBySmall ?? 0)) * dear, quality: cascade ?? 0 })
      alone.splice(0, 2, { cost: cheap, quality: smallAlone ?? 0 }, { cost: dear, quality: expertsAlone ?? 0 })
    }
    const aiqOf = async (rows: Dataset['rows']) =>
      (await context.node('router-scores', { inputs: { dataset: { name: 'settings', columns: ['cost', 'quality'], rows } } })).aiq as number
    const [mixed, routed] = [await aiqOf(alone), await aiqOf([...alone, ...settings])]
    return {
      effect: `AIQ: ${routed.toFixed(3)} with the cascade, ${mixed.toFixed(3)} by chance between its two models.`,
      pass: routed >= mixed + 0.03,
      figures: { cascade: routed, chance: mixed },
    }
  },
})

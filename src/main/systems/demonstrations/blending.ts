import type { ModelRef } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'blending',
  title: 'Each turn of a talk is answered by a model drawn at random',
  expected: 'Over 300 seeds each of three models is drawn between 25 % and 42 % of the time, and the same seed draws the same model again.',
  async run(context) {
    const models = [await context.model('toy-polite'), await context.model('toy-rude'), await context.model('toy-base')]
    const draw = async (turn: number): Promise<string> => {
      // seeds of a run are spread over all of uint32
      const seed = Math.imul(turn, 0x9e3779b1) >>> 0
      const { model } = await context.node('router', {
        inputs: { prompt: 'guest: can you fix my chair? host:', models },
        params: { method: 'random' },
        seed,
      })
      return (model as ModelRef).name
    }
    const drawn: string[] = []
    for (let turn = 1; turn <= 300; turn += 1) drawn.push(await draw(turn))
    const shares = models.map(({ name }) => shareOf(drawn, (each) => each === name))
    const again = (await draw(17)) === drawn[16]
    return {
      effect: `Drawn: ${shares.map(percent).join(', ')}; the same seed draws the same model: ${again ? 'yes' : 'no'}.`,
      pass: again && shares.every((share) => share >= 0.25 && share <= 0.42),
      figures: Object.fromEntries(models.map(({ name }, index) => [name, shares[index] ?? 0])),
    }
  },
})

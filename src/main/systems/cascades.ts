import type { DemonstrationContext } from './demonstration'

/** A cascade from toy-draft to the specialist of each ground: share right, share answered by the small model, and both models alone. */
export async function runCascade(context: DemonstrationContext, params: Readonly<Record<string, unknown>>, perGround: number) {
  const small = await context.model('toy-draft')
  const grounds = { facts: await context.model('toy-facts'), math: await context.model('toy-math') }
  let [count, right, kept, smallRight, expertRight] = [0, 0, 0, 0, 0]
  for (const [set, expert] of Object.entries(grounds))
    for (const [index, { prompt, answer }] of (await context.evalSet(set, perGround)).entries()) {
      const ask = async (models: unknown[], more: Readonly<Record<string, unknown>>) =>
        context.node('cascade', { inputs: { prompt, models }, params: { form: 'text', maxTokens: 16, ...more }, seed: 1000 + index * 16 })
      const { text, asked } = await ask([small, expert], params)
      count += 1
      if (text === answer) right += 1
      if (asked === 1) kept += 1
      if ((await ask([small], { threshold: 0 })).text === answer) smallRight += 1
      if ((await ask([expert], { threshold: 0 })).text === answer) expertRight += 1
    }
  return { cascade: right / count, keptBySmall: kept / count, smallAlone: smallRight / count, expertsAlone: expertRight / count }
}

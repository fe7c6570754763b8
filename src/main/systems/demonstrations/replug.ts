import type { Document } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { isRight, percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'replug',
  title: 'Passages read side by side in place of one after the other',
  expected:
    'On contexts of three and four sentences, mixing the readings of single sentences is right at least 15 points more often than reading them in one prompt.',
  async run(context) {
    const model = await context.model('toy-reader')
    const items = (await context.evalSet('reading'))
      .filter(({ answer, context: sentences }) => answer !== 'unknown' && (sentences?.length ?? 0) >= 3)
      .slice(0, 60)
    const decode = async (distribution: unknown) =>
      (await context.node('decoder', { inputs: { distribution }, params: { maxTokens: 24, temperature: 0 } })).text as string
    const [together, apart]: [boolean[], boolean[]] = [[], []]
    for (const item of items) {
      together.push(isRight(item, await decode({ op: 'lm', model, prompt: { kind: 'text', text: item.prompt } })))
      const question = (item.question ?? '').replace(/^q: | a:$/g, '')
      const documents: Document[] = (item.context ?? []).map((text, index) => ({ id: `s${index}`, text }))
      const found = await context.node('retriever', { inputs: { documents, query: question }, params: { by: 'none', k: 4 } })
      const mixture = await context.node('passage-mixture', {
        inputs: { documents: found.documents, question },
        params: { model, prompt: 'context: {{text}} q: {{question}} a:', k: 4, softness: 0.5 },
      })
      apart.push(isRight(item, await decode(mixture.distribution)))
    }
    const [before, after] = [shareOf(together, Boolean), shareOf(apart, Boolean)]
    return {
      effect: `Right: ${percent(before)} in one prompt, ${percent(after)} side by side (${items.length} questions).`,
      pass: after >= before + 0.15,
      figures: { onePrompt: before, sideBySide: after },
    }
  },
})

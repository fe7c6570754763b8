import type { DistributionExpression } from '../../../shared/expression'
import { defineDemonstration } from '../demonstration'
import { decodeAll, isRight, leaf, operator, percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'diver',
  title: 'Where the writer wavers, the span that best explains the input wins',
  expected:
    'An early snapshot of toy-base copies 120 sequences at temperature 1; with toy-base judging how well each span lets the input be told from the copy, the input becomes at least 0.3 nats likelier given the copies, and at least 3 points more of them are right.',
  async run(context) {
    const [writer, judge] = [await context.model('toy-base-ckpt2'), await context.model('toy-base')]
    const items = await context.evalSet('copy')
    const opened = await context.open(judge)
    const measured = async (of: (prompt: string, input: string) => DistributionExpression | Promise<DistributionExpression>) => {
      const texts = await decodeAll(context, items, (prompt, { answer }) => of(prompt, answer), { temperature: 1 })
      let nats = 0
      for (const [index, { answer }] of items.entries()) {
        const prompt = { kind: 'text', text: `q: repeat: ${texts[index]} a:` } as const
        const [score] = await opened.scoreContinuations({ prompt, continuations: [` ${answer}`] }, { signal: context.signal })
        nats += (score?.logprob ?? 0) / items.length
      }
      return { right: shareOf([...items.entries()], ([index, item]) => isRight(item, texts[index] ?? '')), nats }
    }
    const verified = (span: number) =>
      measured((prompt, input) =>
        operator(
          context,
          'foresee',
          { of: leaf(writer, prompt), judge: leaf(judge, 'q: repeat:') },
          { goal: ` a: ${input}`, strength: 0.5, gate: 0.25, candidates: 4, span, measure: 'sum' },
        ),
      )
    const [plain, tokens, spans] = [await measured((prompt) => leaf(writer, prompt)), await verified(1), await verified(8)]
    return {
      effect: `Copies right: ${percent(plain.right)} alone, ${percent(tokens.right)} verified token by token, ${percent(spans.right)} span by span; log-likelihood of the input: ${plain.nats.toFixed(2)}, ${tokens.nats.toFixed(2)}, ${spans.nats.toFixed(2)} nats.`,
      pass: spans.right >= plain.right + 0.03 && spans.nats >= plain.nats + 0.3,
      figures: {
        alone: plain.right,
        tokens: tokens.right,
        spans: spans.right,
        natsAlone: plain.nats,
        natsTokens: tokens.nats,
        natsSpans: spans.nats,
      },
    }
  },
})

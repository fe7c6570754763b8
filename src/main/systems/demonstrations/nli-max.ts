import type { Verdict } from '../../../shared/value'
import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'
import { claimOf, readings } from '../worlds'

export default defineDemonstration({
  system: 'nli-max',
  title: 'A claim is checked against one sentence at a time, and the strongest decides',
  expected:
    'Of answers that toy-base reads from a context, about half wrong, toy-reader as judge supports at least 95 % of the right ones and rejects at least 75 % of the wrong ones.',
  async run(context) {
    const judge = await context.model('toy-reader')
    const read = await readings(context, await context.model('toy-base'))
    const supported = new Map<(typeof read)[number], boolean>()
    for (const reading of read) {
      const { verdicts } = await context.node('nli-verifier', {
        inputs: { claims: [claimOf(reading.answer)], documents: reading.documents },
        params: { model: judge, by: 'sentence' },
      })
      supported.set(reading, (verdicts as Verdict[])[0]?.label === 'supported')
    }
    const rightKept = shareOf(
      read.filter(({ isRight }) => isRight),
      (reading) => supported.get(reading) === true,
    )
    const wrongRejected = shareOf(
      read.filter(({ isRight }) => !isRight),
      (reading) => supported.get(reading) === false,
    )
    return {
      effect: `Supported: ${percent(rightKept)} of the right answers; rejected: ${percent(wrongRejected)} of the wrong ones (${read.length} answers).`,
      pass: read.length >= 60 && rightKept >= 0.95 && wrongRejected >= 0.75,
      figures: { answers: read.length, rightKept, wrongRejected },
    }
  },
})

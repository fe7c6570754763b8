import { compressContext } from '../compressed'
import { defineDemonstration } from '../demonstration'
import { accuracy, alone, leaf, percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'recomp-extractive',
  title: 'Only the sentences that the question needs go to the reader',
  expected:
    'Of contexts of three or four sentences 40 % is kept; the needed sentence stays in at least 95 %, and toy-reader answers at least 95 % instead of about 78 %.',
  async run(context) {
    const reader = await context.model('toy-reader')
    const items = (await context.evalSet('reading')).filter((item) => (item.context?.length ?? 0) >= 3).slice(0, 70)
    const kept = new Map<string, string>()
    for (const item of items) kept.set(item.prompt, await compressContext(context, item, { method: 'extractive', share: 0.4 }))
    const before = await accuracy(context, items, alone(reader))
    const after = await accuracy(context, items, (prompt, item) => leaf(reader, `context: ${kept.get(prompt)} ${item.question}`))
    const stays = shareOf(items, (item) => (kept.get(item.prompt) ?? '').includes(item.answer))
    return {
      effect: `Needed sentence kept in ${percent(stays)}; answers right: ${percent(before)} with the whole context, ${percent(after)} with what was kept.`,
      pass: stays >= 0.95 && after >= 0.95 && before < 0.9,
      figures: { keptNeeded: stays, rightWhole: before, rightCompressed: after },
    }
  },
})

import { defineDemonstration } from '../demonstration'
import { percent } from '../measure'
import { underRule } from '../near-top'

export default defineDemonstration({
  system: 'specdec',
  title: 'Guesses near the top are good enough: faster, and no longer exact',
  expected:
    'Accepting guesses among the three likeliest within 2 nats keeps more guesses than exact verification does, in fewer passes; on uncertain sums the text may change.',
  async run(context) {
    const exact = await underRule(context, { verify: 'exact' })
    const near = await underRule(context, { verify: 'top', rank: 3, gap: 2 })
    const kept = (tally: typeof exact): number => tally.accepted / Math.max(1, tally.drafted)
    return {
      effect: `Guesses kept: ${percent(kept(exact))} exactly, ${percent(kept(near))} near the top; passes ${exact.passes} and ${near.passes}.`,
      pass: kept(near) > kept(exact) && near.passes < exact.passes,
      figures: { keptExact: kept(exact), keptNear: kept(near), passesExact: exact.passes, passesNear: near.passes },
    }
  },
})

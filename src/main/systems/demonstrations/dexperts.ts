import { defineDemonstration } from '../demonstration'
import { politer } from '../toned'

export default defineDemonstration({
  system: 'dexperts',
  title: 'A base steered by an expert and an anti-expert of tone',
  expected: 'Toy-base is polite in about half of its sampled replies; with 0.5 · (polite − rude) added, in at least 95 %.',
  run: (context) =>
    politer(context, {
      steer: {
        operator: 'offset',
        inputs: ({ base, polite, rude }) => ({ base, tuned: [polite], untuned: [rude] }),
        params: { alpha: 0.5, mask: 'nucleus', topP: 0.9 },
      },
      least: 0.95,
    }),
})

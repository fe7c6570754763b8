import { defineDemonstration } from '../demonstration'
import { percent, shareOf } from '../measure'

export default defineDemonstration({
  system: 'tcra',
  title: 'Words go whose loss moves the meaning of their sentence least',
  expected:
    'Of 8 sentences a fifth of the words goes; with MiniLM the cosine to the whole sentence stays higher than when as many other words go for at least 90 % of them, and what goes is mostly articles and the like.',
  needs: ['all-minilm-l6-v2'],
  async run(context) {
    const embedder = await context.model('all-minilm-l6-v2')
    const encoder = await context.open(embedder)
    const call = { signal: context.signal }
    const rows: { readonly ours: number; readonly others: number; readonly gone: readonly string[] }[] = []
    for (const sentence of sentences) {
      const { text } = await context.node('compressor', {
        inputs: { text: sentence },
        params: { method: 'impact-words', share: 0.8, embedder, keepNumbers: false },
      })
      const words = sentence.split(' ')
      const kept = (text as string).split(' ')
      const gone = without(words, kept)
      // as many words taken from the end, which is how a text is cut that is too long
      const cut = words.slice(0, kept.length).join(' ')
      const [whole, ours, others] = await encoder.embed([sentence, text as string, cut], call)
      rows.push({ ours: cosine(whole, ours), others: cosine(whole, others), gone })
    }
    const gone = rows.flatMap((row) => row.gone)
    const figures = {
      nearer: shareOf(rows, ({ ours, others }) => ours > others),
      cosine: rows.reduce((sum, { ours }) => sum + ours, 0) / rows.length,
      cosineCut: rows.reduce((sum, { others }) => sum + others, 0) / rows.length,
      small: shareOf(gone, (word) => smallWords.has(word.toLowerCase())),
    }
    return {
      effect: `Nearer to the whole than a cut for ${percent(figures.nearer)} (cosine ${figures.cosine.toFixed(3)} against ${figures.cosineCut.toFixed(3)}); ${percent(figures.small)} of what went are small words.`,
      pass: figures.nearer >= 0.9 && figures.small > 0.5 && gone.length >= 15,
      figures,
    }
  },
})

const cosine = (a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)

/** what of `words` is missing in `kept`, which has the others in order */
function without(words: readonly string[], kept: readonly string[]): string[] {
  const left = [...kept]
  return words.filter((word) => {
    if (word !== left[0]) return true
    left.shift()
    return false
  })
}

const smallWords = new Set(
  'the a an of in on at to by for and is was were are it its that this with from as had has have been be into very'.split(' '),
)

const sentences = [
  'The lighthouse on the island was built in 1874 by the engineer Agnes Thorne',
  'It took the workers three summers because the boats could land only in calm weather',
  'The tower is made of grey granite from the quarry at Port Ellery',
  'A keeper had to climb the narrow stairs every four hours to wind the clockwork',
  'The light can be seen from a distance of twenty miles in clear weather',
  'The ferry leaves the harbour at nine in the morning and returns at five',
  'The seals rest on the rocks in the north of the island in the spring',
  'The cheese of the island is made from the milk of goats and sheep',
]

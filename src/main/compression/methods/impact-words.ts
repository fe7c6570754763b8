import { splitSentences } from '../../retrieval/sentences'
import { defineCompressor, type Unit } from '../method'
import { splitUnits } from '../units'

/** Deletion within sentences, by embeddings. The summarising half of the paper, a tuned writer, is not here. */
export default defineCompressor({
  name: 'impact-words',
  title: 'Words that matter least to the meaning (TCRA)',
  summary:
    'In each sentence the word goes whose loss moves its embedding least, then the next; no language model, but an embedding of every attempt.',
  systems: ['tcra'],
  paper: 'Liu et al. 2023, arXiv:2310.15556',
  needs: ['embedding'],
  async score({ documents }, tools) {
    const embed = tools.embed as NonNullable<typeof tools.embed>
    const sentences = documents.flatMap(({ text }, document) =>
      splitSentences(text).map((sentence) => ({
        document,
        text,
        words: splitUnits(text, 'word').filter(({ start, end }) => start < sentence.end && end > sentence.start),
      })),
    )
    const units: Unit[] = []
    for (const [index, { document, text, words }] of sentences.entries()) {
      const texts = words.map(({ start, end }) => text.slice(start, end))
      const values = risingValues(await orderOfDeletion(texts, embed), words.length)
      for (const [at, word] of words.entries())
        units.push({ ...word, document, value: values[at] as number, tokens: await tools.countTokens(texts[at] as string) })
      tools.progress(index + 1, sentences.length)
    }
    return units
  },
})

export interface Deleted {
  /** place in the sentence */
  readonly index: number
  /** 1 − cosine between the sentence and what is left without the word, in 0..2 */
  readonly impact: number
}

/**
 * The words of a sentence in the order in which they go, all but the last one. Each round takes the `atOnce` words whose loss leaves what is left nearest to the whole
 * sentence; 1 is exact. Equal ones: the later word goes first. Of n words about n² / (2 · atOnce) texts are embedded. `embed` gives unit vectors.
 */
export async function orderOfDeletion(
  words: readonly string[],
  embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>,
  atOnce = Math.ceil(words.length / 20),
): Promise<Deleted[]> {
  const gone: Deleted[] = []
  let left = words.map((_, index) => index)
  const [whole] = left.length > 1 ? await embed([words.join(' ')]) : []
  while (whole && left.length > 1) {
    const without = left.map((index) => left.flatMap((other) => (other === index ? [] : [words[other] as string])).join(' '))
    const vectors = await embed(without)
    const tried = left.map((index, at) => ({ index, impact: 1 - dot(whole, vectors[at] as Float32Array) }))
    const least = tried.sort((a, b) => a.impact - b.impact || b.index - a.index).slice(0, Math.min(atOnce, left.length - 1))
    gone.push(...least)
    left = left.filter((index) => least.every((word) => word.index !== index))
  }
  return gone
}

/** Impacts made to rise in the order of deletion, so that a budget over many sentences cuts each where its order is; the last word is worth most. */
function risingValues(gone: readonly Deleted[], words: number): number[] {
  const values = Array<number>(words).fill(2)
  let floor = 0
  for (const { index, impact } of gone) {
    floor = Math.max(floor + 1e-9, impact)
    values[index] = floor
  }
  return values
}

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, index) => sum + value * (b[index] as number), 0)

import { defineCompressor, type Unit } from '../method'
import { meanOf, measureUnits, splitUnits } from '../units'

/** Drops the units that a model finds least surprising in their document. */
export default defineCompressor({
  name: 'self-information',
  title: 'Least surprising parts go (Selective-Context)',
  summary: 'Drops the sentences, phrases or words that a language model could have guessed: their mean −ln p is smallest.',
  systems: ['selective-context'],
  paper: 'Li 2023, arXiv:2304.12102',
  needs: ['information'],
  async score({ documents, level }, tools) {
    const units: Unit[] = []
    for (const [position, { text }] of documents.entries()) {
      const tokens = await tools.information!(text)
      for (const { nats, start, end } of measureUnits(text, splitUnits(text, level), tokens))
        units.push({ document: position, start, end, value: meanOf(nats), tokens: Math.max(1, nats.length) })
      tools.progress(position + 1, documents.length)
    }
    return units
  },
})

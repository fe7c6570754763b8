import { splitSentences } from '../../retrieval/sentences'
import { defineCompressor, type Unit } from '../method'

/** Keeps the beginning: what every other method has to beat. */
export default defineCompressor({
  name: 'lead',
  title: 'The beginning',
  summary: 'Keeps the first sentences of each document, in turn. No model; the yardstick for the other methods.',
  systems: [],
  paper: '',
  needs: [],
  async score({ documents }, tools) {
    const units: Unit[] = []
    for (const [position, { text }] of documents.entries())
      for (const [order, span] of splitSentences(text).entries())
        units.push({ document: position, ...span, value: -order, tokens: await tools.countTokens(text.slice(span.start, span.end)) })
    return units
  },
})

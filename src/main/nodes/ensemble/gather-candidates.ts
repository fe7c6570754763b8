import { defineNode } from '../../node-runtime'
import { normaliseAnswer } from '../../ranking/overlap'

/** Several answers as candidates. */
export default defineNode(
  {
    type: 'gather-candidates',
    version: 1,
    title: 'Gather candidates',
    family: 'ensemble',
    survey: '4.3',
    summary: 'Collects several answers to one question.',
    help: 'Takes single texts, whole lists of texts, and candidates that exist already, in the order of their wires. Names for the sources help to read a ranking; without names they are numbered.',
    synonyms: ['collect', 'answers', 'list', 'combine', 'best of n'],
    inputs: {
      texts: { wire: 'text', arity: 'many', takesList: true, summary: 'answers' },
      candidates: { wire: 'candidates', arity: 'many', summary: 'candidates that exist already' },
    },
    outputs: { candidates: { wire: 'candidates', summary: 'all of them, in order' } },
    params: {
      sources: {
        kind: 'text',
        default: '',
        placeholder: 'small, large, expert',
        summary: 'names of the sources of the texts, in order, with commas between',
      },
      distinct: {
        kind: 'boolean',
        default: false,
        title: 'Each answer once',
        summary: 'leave out answers that say the same in the same words (case, articles and punctuation do not count)',
      },
    },
    effect: 'pure',
    resource: 'cpu',
    face: 'sources',
  },
  ({ inputs, params }) => {
    const names = params.sources.split(',').map((name) => name.trim())
    const texts = inputs.texts.flat().map((text, index) => ({ text, source: names[index] || `source ${index + 1}` }))
    const all = [...texts, ...inputs.candidates.flat()]
    const seen = new Set<string>()
    const isNew = (text: string) => {
      const key = normaliseAnswer(text)
      return seen.has(key) ? false : seen.add(key)
    }
    return { candidates: params.distinct ? all.filter(({ text }) => isNew(text)) : all }
  },
)

import { argmax, topK } from '../distribution'
import { commonTokens, requireAnchors } from '../embedding/anchors'
import { readRows } from '../embedding/frame'
import { Kept } from '../embedding/kept'
import { type Relation, RelativeSpace } from '../embedding/relative'
import { relativeOf, searchBack } from '../embedding/search-back'
import { defineOperator } from '../operator'
import type { Row } from '../row'
import type { TokenEmbeddings, Vocabulary } from '../source'
import { mixtureWeights } from '../weights'

interface Spaces {
  readonly anchors: number
  readonly main: RelativeSpace
  readonly others: readonly RelativeSpace[]
  readonly vocabulary: Vocabulary
}

/** What a row is thought to be made of: its likeliest tokens. Others could not become the likeliest in a few short steps. */
const [headTokens, leastProbability] = [64, 1e-3]
const fewestAnchors = 100

const kept = new Kept<Omit<Spaces, 'vocabulary'>>(2)

/** DeePEn: distributions as the shared tokens see them, averaged there, and a search back to the main model's own tokens. Huang et al. 2024. */
export default defineOperator(
  {
    name: 'deepen',
    title: 'Average by shared tokens (DeePEn)',
    formula:
      'r = Σ w_i R_i p_i / Σ w_i over the shared tokens (at most {anchors}), w = {weights}; p_i: its 64 likeliest tokens\n{steps} steps of AdamW from p_main that lower KL(r ‖ R_main p), the first of length {rate}',
    summary: 'Averages models of different vocabularies by how like their choices are to the tokens that all have.',
    help: `Each model’s likely tokens are described by their likeness (cosine of embeddings) to *anchors*, the tokens that all vocabularies share; these descriptions have the same meaning in every model and are averaged. Then a short search changes the main model’s scores until its own description is near the average. No training, no map between vocabularies.

*Rate* says how far the search may go: each of its steps moves a score by about that much, so with five steps of 0.15 a token can gain about 0.6 nats on another; 0 is the main model alone. The text is written in the tokens of *main*; at a place where main would end the text, it ends.

Deviations that make it affordable: of each distribution the 64 likeliest tokens (at least 0.001) take part, of the anchors the first *anchors* in main’s order, and of each description the 32 nearest. A token is described when it is first likely, and kept: the first sentences are the slow ones.`,
    synonyms: ['DeePEn', 'relative representation', 'anchors', 'heterogeneous', 'different tokenizers', 'ensemble', 'mix'],
    family: 'ensemble',
    survey: '4.2',
    paper: 'Huang et al. 2024, arXiv:2404.12715',
    systems: ['deepen'],
    result: 'main',
    inputs: {
      main: { arity: 'one', summary: 'the model in whose tokens the text is written' },
      others: { arity: 'some', summary: 'the models that have a say, of any vocabularies' },
    },
    params: {
      rate: {
        kind: 'number',
        default: 0.15,
        min: 0,
        max: 2,
        step: 0.05,
        title: 'Rate',
        summary: 'how far a step of the search goes, nats; 0: main alone',
      },
      steps: { kind: 'number', default: 5, min: 0, max: 10, integer: true, title: 'Steps', summary: 'steps of the search' },
      weights: {
        kind: 'json',
        default: [],
        title: 'Weights',
        summary: 'one number for main, then one for each other; empty: all equal',
        advanced: true,
      },
      anchors: {
        kind: 'number',
        default: 2048,
        min: 100,
        max: 32768,
        integer: true,
        unit: 'tokens',
        title: 'Anchors',
        summary: 'at most so many shared tokens describe the others',
        advanced: true,
      },
    },
    face: 'rate',
  },
  {
    check: ({ weights }, { others }) => void mixtureWeights(weights, 1 + others),
    async bridge({ main, others }, { anchors: most }, { embeddings }) {
      const vocabularies = [main[0] as Vocabulary, ...others]
      const tables = [...embeddings.main, ...embeddings.others].map((table) => table())
      const spaces = await kept.get(JSON.stringify([most, ...tables.map(({ key }) => key)]), () => makeSpaces(vocabularies, tables, most))
      return { vocabulary: main[0] as Vocabulary, data: { ...spaces, vocabulary: main[0] as Vocabulary } satisfies Spaces }
    },
    apply({ inputs: { main, others }, params: { rate, steps, weights: given }, bridge }, out) {
      const spaces = bridge as Spaces
      out.values.set(main.values)
      out.isSilent = main.isSilent
      out.touch()
      const weights = mixtureWeights(given, 1 + others.length)
      const heard = others.map((row, i) => ({ row, space: spaces.others[i] as RelativeSpace, weight: weights[i + 1] as number }))
      const speaking = heard.filter(({ row }) => !row.isSilent && row.max > -Infinity)
      if (main.isSilent || speaking.length === 0 || spaces.vocabulary.endTokens.includes(argmax(main.values))) return
      const own = headOf(main, spaces.main)
      const total = speaking.reduce((sum, { weight }) => sum + weight, weights[0] as number)
      if (total === 0) return
      const wanted = relativeOf(own.probabilities, own.relations, spaces.anchors).map((x) => (x * (weights[0] as number)) / total)
      for (const { row, space, weight } of speaking) {
        const head = headOf(row, space)
        relativeOf(head.probabilities, head.relations, spaces.anchors).forEach((x, i) => {
          wanted[i] = (wanted[i] as number) + (x * weight) / total
        })
      }
      const found = searchBack(own.probabilities.map(Math.log), own.relations, wanted, { rate, steps })
      const mass = Math.log(own.mass) + main.logZ
      own.tokens.forEach((token, i) => {
        out.values[token] = mass + (found[i] as number)
      })
      out.touch()
    },
  },
)

async function makeSpaces(
  vocabularies: readonly Vocabulary[],
  tables: readonly TokenEmbeddings[],
  most: number,
): Promise<Omit<Spaces, 'vocabulary'>> {
  const anchors = commonTokens(vocabularies, most)
  requireAnchors(anchors, fewestAnchors, 'Average by shared tokens')
  const spaces: RelativeSpace[] = []
  for (const [i, table] of tables.entries())
    spaces.push(
      new RelativeSpace(
        table,
        await readRows(
          table,
          anchors.map((anchor) => anchor[i] as number),
        ),
      ),
    )
  const [main, ...others] = spaces
  return { anchors: anchors.length, main: main as RelativeSpace, others }
}

interface Head {
  readonly tokens: readonly number[]
  /** among each other */
  readonly probabilities: readonly number[]
  readonly relations: readonly Relation[]
  /** of all the probability, the share that these tokens have */
  readonly mass: number
}

function headOf(row: Row, space: RelativeSpace): Head {
  const likely = [...topK(row.values, headTokens)].map((token) => ({ token, p: Math.exp(row.logprob(token)) }))
  const head = likely.filter(({ p }, i) => i === 0 || p >= leastProbability)
  const mass = head.reduce((sum, { p }) => sum + p, 0)
  return {
    tokens: head.map(({ token }) => token),
    probabilities: head.map(({ p }) => p / mass),
    relations: head.map(({ token }) => space.relation(token)),
    mass,
  }
}

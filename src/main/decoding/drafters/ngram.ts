import { type Drafter, defineDrafter, noDraft, oneGuess } from '../drafter'
import { GuessLength } from '../guess-length'
import { NgramTables } from '../ngram-tables'
import { verificationParams } from '../verification'

/** ANPD: counts of n-grams over prompt and output, largest context first, updated as the text grows. No model. Ou et al. 2024. */
export default defineDrafter(
  {
    name: 'ngram',
    title: 'N-gram drafter',
    formula:
      'guesses argmax_x count(x after the last n − 1 tokens), the longest known n first, {shortest} ≤ n ≤ {order}; n ≥ 4 only where that count is {minCount} or more, or nothing shorter is known\nat most {most} tokens{adaptive?, as many as pay}',
    summary: 'Guesses that the text goes on as it did before, from counts of its own n-grams.',
    help: `Counts which token followed each run of tokens in the prompt and in the output so far, and guesses the most frequent one, token after token; the longest known run answers first. The tables grow with the text.

It costs next to nothing and needs no second model. It pays where text repeats: answers that quote their documents, code, lists, forms. Where nothing repeats it guesses nothing, and decoding runs as without it. The output is exactly what the model would write alone.`,
    synonyms: ['ANPD', 'adaptive n-gram', 'speculative', 'lookup', 'draft', 'faster'],
    systems: ['anpd'],
    paper: 'Ou et al. 2024, arXiv:2404.08698',
    face: 'most',
    needsModel: false,
    params: {
      order: {
        kind: 'number',
        default: 4,
        min: 2,
        max: 8,
        step: 1,
        integer: true,
        title: 'Longest n-gram',
        summary: 'tokens of a pattern, the guessed one included',
      },
      shortest: {
        kind: 'number',
        default: 2,
        min: 2,
        max: 8,
        step: 1,
        integer: true,
        title: 'Shortest n-gram',
        summary: 'patterns shorter than this are not trusted',
        advanced: true,
      },
      most: {
        kind: 'number',
        default: 16,
        min: 1,
        max: 64,
        step: 1,
        integer: true,
        title: 'Longest draft',
        summary: 'tokens guessed at once, at most',
      },
      minCount: {
        kind: 'number',
        default: 2,
        min: 1,
        max: 10,
        step: 1,
        integer: true,
        title: 'Least count',
        summary: 'patterns of four tokens and more must have been seen this often, unless nothing shorter is known',
        advanced: true,
      },
      adaptive: {
        kind: 'boolean',
        default: true,
        title: 'Adapt the length',
        summary: 'as long as pays, by how often the last guesses were right; none for a while where they never are',
      },
      ...verificationParams,
    },
  },
  {
    size: oneGuess,
    create({ params }): Drafter {
      const tables = new NgramTables(Math.max(params.order, params.shortest), Math.min(params.order, params.shortest), params.minCount)
      const length = new GuessLength(params.most, params.adaptive)
      let drafted = 0
      return {
        reset: (tokens) => tables.reset(tokens),
        push(tokens, accepted) {
          length.learn(drafted, accepted)
          drafted = 0
          tables.push(tokens)
        },
        predict(limit) {
          const tokens = tables.predict(Math.min(limit, length.after(tables.streak)))
          drafted = tokens.length
          return tokens.length === 0 ? noDraft : { tokens }
        },
      }
    },
  },
)

import { type Drafter, defineDrafter, noDraft, oneGuess } from '../drafter'
import { GuessLength } from '../guess-length'
import { verificationParams } from '../verification'

/** Copies what followed the latest earlier occurrence of the longest ending that reoccurs. Saxena 2023, prompt lookup decoding. */
export default defineDrafter(
  {
    name: 'prompt-lookup',
    title: 'Prompt look-up drafter',
    formula:
      'copies what followed the latest earlier place of the last n tokens, n from {pattern} down\nat most {most} tokens{adaptive?, as many as pay}',
    summary: 'Finds where the last tokens stood before and copies what followed.',
    help: `Takes the last few tokens, finds where they stood before in the prompt or in the output, and copies what followed there. The longest pattern is tried first, the latest occurrence wins.

Simpler than n-gram counts and quicker to start copying long passages. It costs next to nothing and needs no second model; the output is exactly what the model would write alone.`,
    synonyms: ['prompt lookup decoding', 'PLD', 'copy', 'speculative', 'draft', 'faster'],
    systems: ['anpd'],
    face: 'most',
    needsModel: false,
    params: {
      pattern: {
        kind: 'number',
        default: 3,
        min: 1,
        max: 10,
        step: 1,
        integer: true,
        title: 'Longest pattern',
        summary: 'tokens to look for, longest first',
      },
      most: {
        kind: 'number',
        default: 16,
        min: 1,
        max: 64,
        step: 1,
        integer: true,
        title: 'Longest draft',
        summary: 'tokens copied at once, at most',
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
      const length = new GuessLength(params.most, params.adaptive)
      const text: number[] = []
      let drafted = 0
      return {
        reset(tokens) {
          text.length = 0
          text.push(...tokens)
        },
        push(tokens, accepted) {
          length.learn(drafted, accepted)
          drafted = 0
          text.push(...tokens)
        },
        predict(limit) {
          const start = endOfLatest(text, params.pattern)
          const tokens = start === undefined ? [] : text.slice(start, start + Math.min(limit, length.after(commonEnd(text, start))))
          drafted = tokens.length
          return tokens.length === 0 ? noDraft : { tokens }
        },
      }
    },
  },
)

/** What followed the latest earlier occurrence of the longest ending of `text` (at most `pattern` tokens), at most `limit` tokens. */
export function lookUp(text: readonly number[], pattern: number, limit: number): number[] {
  const start = endOfLatest(text, pattern)
  return start === undefined ? [] : text.slice(start, start + limit)
}

/** Where that occurrence ends; undefined where there is none. */
function endOfLatest(text: readonly number[], pattern: number): number | undefined {
  for (let size = Math.min(pattern, text.length - 1); size >= 1; size--) {
    const ending = text.length - size
    for (let start = ending - 1; start >= 0; start--) if (matches(text, start, ending, size)) return start + size
  }
  return undefined
}

/** How many tokens before `end` are those at the end of the text. */
function commonEnd(text: readonly number[], end: number): number {
  let length = 0
  while (length < end && text[end - 1 - length] === text[text.length - 1 - length]) length++
  return length
}

function matches(text: readonly number[], a: number, b: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (text[a + i] !== text[b + i]) return false
  return true
}

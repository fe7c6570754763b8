import { type Draft, type Drafter, defineDrafter, type Guess, type Member, noDraft } from '../drafter'
import { Reputation } from '../reputation'
import { verificationParams } from '../verification'

/** Several drafters: one speaks in each round, or all of them at once. */
export default defineDrafter(
  {
    name: 'several',
    title: 'Several drafters',
    formula:
      'one at a time: the guess with the greatest a + a² + … + aⁿ, n its length, a = (right + 0.5) / (judged + 1) of its drafter’s tokens, begun at 1 of 2, old counts × {memory}\nall at once: one tree of at most {most} tokens',
    summary: 'Lets the drafter speak whose guess promises most, or joins the guesses of all into one tree.',
    help: `N-grams guess well where a text repeats itself, a small model elsewhere. This drafter holds several.

*One at a time*: drafters without a model cost nothing, so all of them guess every time; each keeps a count of how often its tokens were right, whether it spoke or not, and the guess with the most expected tokens wins: a + a² + … for a guess as long and a drafter as often right. A drafter with a model is only asked where it has lately brought more than the best of these guesses promises. *Memory* says how fast old counts fade.

*All at once*: every drafter guesses, those that were right more often first, and what their guesses have in common is read once: the target checks the whole tree in one pass and goes the way that is right longest. *Tokens in a tree* bounds how much one pass reads. It saves passes where drafters are right at different places; each pass costs more, so it pays where tokens in a pass are nearly free, as on a GPU: on a processor each costs about half a pass, and *one at a time* is faster.

Either way the text keeps exactly the law it has without drafters: who speaks is settled before anything is drawn, and a tree is checked by rejection along the children of each node. Counts decide, never a clock, so equal seeds give equal runs.`,
    synonyms: ['multiple drafters', 'combine drafters', 'adaptive', 'hybrid', 'token tree', 'SpecInfer', 'speculative decoding', 'faster'],
    face: 'speak',
    needsModel: false,
    joins: true,
    params: {
      speak: {
        kind: 'choice',
        default: 'one',
        title: 'Who guesses',
        summary: 'one drafter a pass, or all of them joined into a tree',
        options: [
          { value: 'one', title: 'one at a time', summary: 'the guess that promises most' },
          { value: 'all', title: 'all at once', summary: 'one tree of all guesses, checked in one pass' },
        ],
      },
      most: {
        kind: 'number',
        default: 16,
        min: 1,
        max: 64,
        step: 1,
        integer: true,
        title: 'Tokens in a tree',
        summary: 'tokens of all guesses together, at most',
        when: { param: 'speak', in: ['all'] },
      },
      memory: {
        kind: 'number',
        default: 0.95,
        min: 0,
        max: 1,
        step: 0.01,
        title: 'Memory',
        summary: 'what is kept of old counts from guess to guess; 1 forgets nothing',
      },
      ...verificationParams,
    },
  },
  {
    size: ({ speak, most }, members) => {
      const [tokens, guesses] = [members.map((member) => member.tokens), members.map((member) => member.guesses)]
      return speak === 'all'
        ? { tokens: Math.min(most, sum(tokens)), guesses: sum(guesses) }
        : { tokens: Math.max(...tokens), guesses: Math.max(...guesses) }
    },
    create: ({ params, members }): Drafter => createSeveral(members, params.memory, params.speak === 'all' ? params.most : undefined),
  },
)

const sum = (numbers: readonly number[]): number => numbers.reduce((total, x) => total + x, 0)

interface Speaker extends Member {
  readonly reputation: Reputation
  /** its guess for this round, made or not */
  guess: Draft
}

/** together: all guesses become one tree of at most so many tokens; undefined: one drafter speaks in each round. */
export function createSeveral(members: readonly Member[], memory: number, together?: number): Drafter {
  const speakers: Speaker[] = members.map((member) => ({ ...member, reputation: new Reputation(memory), guess: noDraft }))
  let speaking: Speaker | undefined
  return {
    reset(tokens) {
      for (const { drafter } of speakers) drafter.reset(tokens)
    },
    push(tokens, accepted) {
      for (const speaker of speakers) {
        const { length } = speaker.guess.tokens
        const right = speaker === speaking ? accepted : rightOf(speaker.guess.tokens, tokens)
        const isJudged = speaker === speaking || isCertain(speaker.guess)
        if (length > 0 && isJudged) speaker.reputation.learn(right, Math.min(length, right + 1))
        speaker.drafter.push(tokens, right, isJudged)
        speaker.guess = noDraft
      }
    },
    async predict(limit, signal) {
      if (together === undefined) {
        speaking = await foremost(speakers, limit, signal)
        return speaking?.guess ?? noDraft
      }
      const heard = await allHeard(speakers, { limit, most: together }, signal)
      speaking = heard[0]
      const [first = noDraft, ...others] = heard.flatMap(({ guess }) => [guess, ...(guess.others ?? [])])
      return { ...first, others }
    },
  }
}

/** The one whose guess promises most. */
async function foremost(speakers: readonly Speaker[], limit: number, signal: AbortSignal): Promise<Speaker | undefined> {
  for (const speaker of speakers) if (!speaker.asksModel) speaker.guess = await speaker.drafter.predict(limit, signal)
  const [best] = speakers.filter(({ asksModel }) => !asksModel).toSorted((a, b) => promise(b) - promise(a))
  // asked before its guess is known: choosing by what was drawn would change the law that it is checked against
  const asked = speakers
    .filter(({ asksModel }) => asksModel)
    .toSorted((a, b) => b.reputation.perGuess - a.reputation.perGuess)
    .find(({ reputation }) => reputation.perGuess > (best === undefined ? 0 : promise(best)))
  if (asked !== undefined) asked.guess = await asked.drafter.predict(limit, signal)
  return asked !== undefined && asked.guess.tokens.length > 0 ? asked : best
}

/**
 * Those whose guesses are heard, who were right more often first. What a drafter may guess depends on how long the guesses before it are, not on whether it
 * says the same: leaving a token out for what it is would change the law that it is checked against.
 */
async function allHeard(
  speakers: readonly Speaker[],
  { limit, most }: { readonly limit: number; readonly most: number },
  signal: AbortSignal,
): Promise<Speaker[]> {
  const heard: Speaker[] = []
  let left = most
  for (const speaker of speakers.toSorted((a, b) => b.reputation.acceptance - a.reputation.acceptance)) {
    if (left === 0) break
    const { others = [], ...guess } = await speaker.drafter.predict(Math.min(limit, left), signal)
    left -= guess.tokens.length
    speaker.guess = { ...guess, others: others.slice(0, left) } // each is one token
    left -= Math.min(left, others.length)
    if (guess.tokens.length > 0) heard.push(speaker)
  }
  return heard
}

const isCertain = ({ laws = [] }: Guess): boolean => laws.every(({ shape }) => shape === 'point')

const promise = ({ reputation, guess }: Speaker): number => reputation.expected(guess.tokens.length)

/** How many tokens of a guess that was not tried stand in the text: all of them where the text ended first. */
function rightOf(guess: readonly number[], text: readonly number[]): number {
  const compared = Math.min(guess.length, text.length)
  for (let i = 0; i < compared; i++) if (guess[i] !== text[i]) return i
  return guess.length
}

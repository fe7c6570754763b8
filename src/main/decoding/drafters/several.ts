import { type Draft, type Drafter, defineDrafter, type Member, noDraft } from '../drafter'
import { Reputation } from '../reputation'
import { verificationParams } from '../verification'

/** Several drafters of which one speaks each round: the one whose guess is expected to save most. */
export default defineDrafter(
  {
    name: 'several',
    title: 'Several drafters',
    summary: 'Lets the drafter speak whose guess is expected to bring most tokens.',
    help: `N-grams guess well where a text repeats itself, a small model elsewhere. This drafter holds several and lets one speak in each round.

Drafters without a model cost nothing, so all of them guess every time; each keeps a count of how often its tokens were right, whether it spoke or not, and the guess with the most expected tokens wins: a + a² + … for a guess as long and a drafter as often right. A drafter with a model is only asked where it has lately brought more than the best of these guesses promises. *Memory* says how fast old counts fade.

The text keeps exactly the law it has without drafters: who speaks is settled before anything is drawn. Counts decide, never a clock, so equal seeds give equal runs.`,
    synonyms: ['multiple drafters', 'combine drafters', 'adaptive', 'hybrid', 'speculative decoding', 'faster'],
    face: 'memory',
    needsModel: false,
    joins: true,
    params: {
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
    longest: () => 0,
    create: ({ params, members }): Drafter => createSeveral(members, params.memory),
  },
)

interface Speaker extends Member {
  readonly reputation: Reputation
  /** its guess for this round, made or not */
  guess: Draft
}

export function createSeveral(members: readonly Member[], memory: number): Drafter {
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
        if (length > 0) speaker.reputation.learn(right, Math.min(length, right + 1))
        speaker.drafter.push(tokens, right)
        speaker.guess = noDraft
      }
    },
    async predict(limit, signal) {
      for (const speaker of speakers) if (!speaker.asksModel) speaker.guess = await speaker.drafter.predict(limit, signal)
      const free = speakers.filter(({ asksModel }) => !asksModel)
      const [best] = free.toSorted((a, b) => promise(b) - promise(a))
      // asked before its guess is known: choosing by what was drawn would change the law that it is checked against
      const asked = speakers
        .filter(({ asksModel }) => asksModel)
        .toSorted((a, b) => b.reputation.perGuess - a.reputation.perGuess)
        .find(({ reputation }) => reputation.perGuess > (best === undefined ? 0 : promise(best)))
      if (asked !== undefined) asked.guess = await asked.drafter.predict(limit, signal)
      speaking = asked !== undefined && asked.guess.tokens.length > 0 ? asked : best
      return speaking?.guess ?? noDraft
    },
  }
}

const promise = ({ reputation, guess }: Speaker): number => reputation.expected(guess.tokens.length)

/** How many tokens of a guess that was not tried stand in the text: all of them where the text ended first. */
function rightOf(guess: readonly number[], text: readonly number[]): number {
  const compared = Math.min(guess.length, text.length)
  for (let i = 0; i < compared; i++) if (guess[i] !== text[i]) return i
  return guess.length
}

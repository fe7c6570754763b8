import { TributaryError } from '../../shared/errors'
import type { Json } from '../../shared/json'
import { argmax, entropy } from './distribution'
import type { Proposal } from './draft-tree'
import { draw, drawResidual, type Law, probabilityOf, residualOf } from './law'
import type { Random } from './random'
import type { Row } from './row'

/** How a guess is judged. All but `exact` change the law of the text, for speed; they are offered because systems of the field use them. */
export type Verification =
  | { readonly rule: 'exact' }
  /** among the `rank` likeliest and not more than `gap` nats below the best, else the best (Stern 2018; Xia 2023) */
  | { readonly rule: 'top'; readonly rank: number; readonly gap: number }
  /** more probable than min(`floor`, `share`·e^−entropy), else drawn from the target (Cai 2024) */
  | { readonly rule: 'typical'; readonly floor: number; readonly share: number }

/** Params that every drafter has. */
export const verificationParams = {
  verify: {
    kind: 'choice',
    default: 'exact',
    title: 'Verification',
    summary: 'how guesses are judged',
    options: [
      { value: 'exact', title: 'exact', summary: 'the text keeps exactly the law of the target' },
      { value: 'top', title: 'near the top', summary: 'accepts guesses among the likeliest; faster, changes the text' },
      { value: 'typical', title: 'typical', summary: 'accepts guesses that are likely enough; faster, changes the text' },
    ],
    advanced: true,
  },
  rank: {
    kind: 'number',
    default: 3,
    min: 1,
    max: 100,
    step: 1,
    integer: true,
    title: 'Rank',
    summary: 'a guess must be among so many likeliest tokens',
    when: { param: 'verify', in: ['top'] },
    advanced: true,
  },
  gap: {
    kind: 'number',
    default: 1,
    min: 0,
    max: 20,
    step: 0.1,
    unit: 'nats',
    title: 'Gap',
    summary: 'and at most so far below the likeliest, in log-probability',
    when: { param: 'verify', in: ['top'] },
    advanced: true,
  },
} as const

export function verificationOf(params: Readonly<Record<string, Json>>): Verification {
  const { verify, rank, gap } = params
  if (verify === 'top') return { rule: 'top', rank: rank as number, gap: gap as number }
  if (verify === 'typical') return { rule: 'typical', floor: 0.09, share: 0.3 }
  if (verify === 'exact' || verify === undefined) return { rule: 'exact' }
  throw new TributaryError('input-type', `There is no verification called “${String(verify)}”.`, { place: { port: 'verify' } })
}

/**
 * The token that is emitted where some were proposed, at least one: one of these if it is accepted. Only the exact rule looks at more than the first.
 * scores: the expression's row; target: what the sampler makes of it.
 */
export function judge(
  verification: Verification,
  { scores, target, proposals }: { readonly scores: Row; readonly target: Law; readonly proposals: readonly Proposal[] },
  random: Random,
): number {
  const [{ token: guess, law }, ...others] = proposals as [Proposal, ...Proposal[]]
  switch (verification.rule) {
    case 'exact': {
      // accepted with probability min(1, p/q), else a token from what p has more than q (Leviathan 2023)
      if (others.length > 0) return judgeAll(target, [{ token: guess, law }, ...others], random)
      const p = probabilityOf(target, guess)
      if (p > 0 && random.uniform() * probabilityOf(law, guess) < p) return guess
      return drawResidual(target, law, random.uniform())
    }
    case 'top':
      return isNearTop(scores, guess, verification.rank, verification.gap) ? guess : argmax(scores.values, scores.max)
    case 'typical': {
      const threshold = Math.min(verification.floor, verification.share * Math.exp(-entropy(scores)))
      return Math.exp(scores.logprob(guess)) > threshold ? guess : draw(target, random.uniform())
    }
    default:
      return verification satisfies never
  }
}

/**
 * The token that is emitted where several were proposed, exactly in law (Miao 2023, rejection along the children of one node): each proposal x, drawn from q,
 * is taken with probability min(1, r(x)/q(x)), r being what the ones before it have left of the target; where all are refused, a token of what is left.
 * Whether a proposal is made must not depend on its own token. No proposals: drawn from the target.
 */
export function judgeAll(target: Law, proposals: readonly Proposal[], random: Random): number {
  let left = target
  for (const { token, law } of proposals) {
    const p = probabilityOf(left, token)
    if (p > 0 && random.uniform() * probabilityOf(law, token) < p) return token
    left = residualOf(left, law) ?? left
  }
  return draw(left, random.uniform())
}

/** Ties count for the guess if its id is smaller. */
export function isNearTop(scores: Row, guess: number, rank: number, gap: number): boolean {
  const own = scores.values[guess] as number
  if (!(scores.max - own <= gap + 1e-6)) return false
  let before = 0
  for (let v = 0; v < scores.values.length; v++) {
    const x = scores.values[v] as number
    if (x > own || (x === own && v < guess)) before++
    if (before >= rank) return false
  }
  return true
}

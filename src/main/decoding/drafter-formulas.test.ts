import { describe, expect, it } from 'vitest'
import type { Json } from '../../shared/json'
import { argmax } from './distribution'
import type { Draft, Drafter, Member } from './drafter'
import { drafters } from './drafters'
import { type Law, pointLaw } from './law'
import { paramValues } from './params'
import { Random } from './random'
import { type Row, rowOf } from './row'
import { judge } from './verification'

/** The formulas of drafters against what they guess; as `formulas.test.ts` does for operators. A drafter without a row fails. */
const signal = new AbortController().signal
const definitionOf = (name: string) => drafters.get(name) ?? expect.fail(`there is no drafter ${name}`)

interface Parts {
  readonly params?: Record<string, Json>
  /** how likely its model holds the token that it guesses, place by place */
  readonly sure?: readonly number[]
  readonly seed?: number
  readonly members?: readonly Member[]
}

/** A drafter whose model, if it has one, is sure of its tokens 0, 1, 2, … as told. */
function make(name: string, { params = {}, sure = [], seed = 1, members = [] }: Parts): Drafter {
  const { spec, create } = definitionOf(name)
  const row = rowOf(new Float32Array(8))
  let place = 0
  const leaf = {
    row: () => row,
    tokens: [],
    sequence: { length: 0, truncate: () => undefined },
    received: () => row.touch(),
    room: 100,
    source: { vocabulary: { endTokens: [] } },
  }
  const evaluate = async ([request]: readonly { readonly rows: readonly Float32Array[] }[]): Promise<void> => {
    const q = sure[place % sure.length] ?? 1
    request?.rows[0]?.forEach((_, v, values) => {
      values[v] = Math.log(v === place % 8 ? q : ((1 - q) / 28) * (8 - ((v - place + 8) % 8))) // the nearer after it, the likelier
    })
    place++
  }
  const sampler = { isGreedy: true, law: (of: Row): Law => pointLaw(argmax(of.values)) }
  return create({
    params: paramValues(spec, { ...('adaptive' in spec.params ? { adaptive: false } : {}), ...params }),
    leaf,
    members,
    runtime: { evaluate },
    sampler,
    random: new Random(seed),
  } as never)
}
const guessOf = async (drafter: Drafter, limit = 99): Promise<Draft> => drafter.predict(limit, signal)

/** a b c a b d a b c a b */
const text = [0, 1, 2, 0, 1, 3, 0, 1, 2, 0, 1]
const endsIn = (whole: readonly number[], part: readonly number[]): boolean =>
  part.every((token, i) => token === whole[whole.length - part.length + i])
/** argmax over x of how often x followed the last n − 1 tokens; the latest among equals */
function frequent(order: number, shortest: number, minCount: number, seen: readonly number[], tail: readonly number[]): number | undefined {
  let later: number | undefined
  for (let n = order; n >= shortest; n--) {
    const counts = new Map<number, number>()
    let best: number | undefined
    seen.forEach((x, at) => {
      if (at < n - 1 || !endsIn(seen.slice(0, at), tail.slice(tail.length - n + 1))) return
      counts.set(x, (counts.get(x) ?? 0) + 1)
      if (best === undefined || (counts.get(x) ?? 0) >= (counts.get(best) ?? 0)) best = x
    })
    if (best === undefined) continue
    if (n < 4 || (counts.get(best) ?? 0) >= minCount) return best
    later ??= best
  }
  return later
}

/** Guesses the tokens of the target, or others, and says how many. */
const fixed = (tokens: readonly number[]): Member => ({
  asksModel: false,
  drafter: { reset: () => undefined, push: () => undefined, predict: (limit) => ({ tokens: tokens.slice(0, limit) }) },
})
const sparse = (p: readonly number[]): Law => ({ shape: 'sparse', ids: Int32Array.from(p.keys()), probabilities: Float64Array.from(p) })
const [p, q] = [
  [0.5, 0.3, 0.2],
  [0.2, 0.7, 0.1],
]

/** how often each token is emitted for a guess, over an even grid of both random numbers */
function emitted(guess: number): number[] {
  const side = 120
  const counts = [0, 0, 0]
  for (let a = 0; a < side; a++)
    for (let b = 0; b < side; b++) {
      const drawn = [(a + 0.5) / side, (b + 0.5) / side]
      const random = { uniform: () => drawn.shift() ?? 0 } as Random
      const given = { scores: rowOf(p.map(Math.log)), target: sparse(p), proposals: [{ token: guess, law: sparse(q) }] }
      const token = judge({ rule: 'exact' }, given, random)
      counts[token] = (counts[token] ?? 0) + 1 / side ** 2
    }
  return counts
}
const checkRule = (): void => {
  const left = p.map((x, v) => Math.max(0, x - (q[v] ?? 0)))
  const mass = left.reduce((sum, x) => sum + x, 0)
  for (const guess of [0, 1, 2]) {
    const taken = Math.min(1, (p[guess] ?? 0) / (q[guess] ?? 1))
    const law = p.map((_, v) => (v === guess ? taken : 0) + ((1 - taken) * (left[v] ?? 0)) / mass)
    emitted(guess).forEach((share, v) => {
      expect(Math.abs(share - (law[v] ?? 0)), `guess ${guess}, token ${v}`).toBeLessThan(0.02)
    })
  }
}

const formulas: Readonly<Record<string, readonly [formula: string, check: () => Promise<void> | void]>> = {
  'prompt-lookup': [
    'copies what followed the latest earlier place of the last n tokens, n from {pattern} down\nat most {most} tokens{adaptive?, as many as pay}',
    async () => {
      for (const pattern of [1, 2, 3, 5])
        for (const most of [1, 4]) {
          const drafter = make('prompt-lookup', { params: { pattern, most } })
          drafter.reset(text)
          let law: number[] = []
          for (let n = pattern; n >= 1 && law.length === 0; n--)
            for (let end = text.length - 1; end >= n && law.length === 0; end--)
              if (endsIn(text.slice(0, end), text.slice(-n))) law = text.slice(end, end + most)
          expect((await guessOf(drafter)).tokens).toEqual(law)
        }
    },
  ],
  ngram: [
    'guesses argmax_x count(x after the last n − 1 tokens), the longest known n first, {shortest} ≤ n ≤ {order}; n ≥ 4 only where that count is {minCount} or more, or nothing shorter is known\nat most {most} tokens{adaptive?, as many as pay}',
    async () => {
      for (const [order, shortest, minCount] of [
        [2, 2, 1],
        [4, 2, 1],
        [4, 2, 2],
        [5, 3, 2],
      ] as const)
        for (const most of [1, 3]) {
          const drafter = make('ngram', { params: { order, shortest, minCount, most } })
          drafter.reset(text)
          const law: number[] = []
          while (law.length < most) {
            const next = frequent(order, shortest, minCount, text, [...text, ...law])
            if (next === undefined) break
            law.push(next)
          }
          expect((await guessOf(drafter)).tokens, `${order} ${shortest} ${minCount}`).toEqual(law)
        }
    },
  ],
  model: [
    'takes a guess x with min(1, p(x) / q(x)), else draws from max(0, p − q); p: target, q: drafter\nat most {most} tokens{adaptive?, fewer while they are refused}; ends below q = {stopBelow}, or where 1 − Π q > {stopRisk}',
    async () => {
      checkRule()
      const sure = [0.9, 0.8, 0.7, 0.5, 0.6, 0.9, 0.9]
      const length = async (params: Record<string, Json>) => (await guessOf(make('model', { sure, params }))).tokens.length
      expect(await length({ most: 6, stopBelow: 0, stopRisk: 1 })).toBe(6)
      expect(await length({ most: 6, stopBelow: 0.55, stopRisk: 1 })).toBe(4)
      expect(await length({ most: 6, stopBelow: 0, stopRisk: 0.4 })).toBe(3) // 1 − 0.9 · 0.8 · 0.7
    },
  ],
  tree: [
    'a chain of at most {most} tokens{adaptive?, fewer while they are refused}, ended below q = {stopBelow}, and {width} other first tokens, read in one pass\ntakes a guess x with min(1, p(x) / q(x))',
    async () => {
      checkRule()
      const sure = [0.9, 0.8, 0.3, 0.9]
      const draft = await guessOf(make('tree', { sure, params: { most: 4, stopBelow: 0.5, width: 2 } }))
      expect(draft.tokens).toEqual([0, 1, 2])
      expect(draft.others?.map(({ tokens }) => tokens)).toEqual([[1], [2]])
      expect((await guessOf(make('tree', { sure, params: { most: 2, stopBelow: 0, width: 1 } }))).tokens).toHaveLength(2)
    },
  ],
  thompson: [
    'drafts on while Π b_k ≥ {level}, b_k ~ Beta(accepted + 1, refused + 1) of the band of q_k; old counts × {memory}\nat most {most} tokens',
    async () => {
      const level = 0.4
      const [runs, sure] = [1500, [0.95]]
      let [fresh, taught] = [0, 0]
      for (let seed = 1; seed <= runs; seed++) {
        const drafter = make('thompson', { sure, seed, params: { level, memory: 1, most: 1 } })
        const first = make('thompson', { sure, seed, params: { level, most: 9 } })
        if ((await guessOf(first)).tokens.length === 1) fresh++
        // the same band was accepted once: Beta(2, 1)
        await guessOf(drafter)
        drafter.push([0], 1)
        const more = make('thompson', { sure, seed, params: { level, memory: 1, most: 9 } })
        await guessOf(more, 1)
        more.push([0], 1)
        if ((await guessOf(more)).tokens.length === 1) taught++
      }
      expect(Math.abs(fresh / runs - level)).toBeLessThan(0.05)
      expect(Math.abs(taught / runs - level ** 2)).toBeLessThan(0.05)
      expect((await guessOf(make('thompson', { sure, params: { level: 0, most: 3 } }))).tokens).toHaveLength(3)
    },
  ],
  several: [
    'one at a time: the guess with the greatest a + a² + … + aⁿ, n its length, a = (right + 0.5) / (judged + 1) of its drafter’s tokens, begun at 1 of 2, old counts × {memory}\nall at once: one tree of at most {most} tokens',
    async () => {
      const [long, short] = [[7, 7, 7], [1]]
      const memory = 0.95
      const drafter = make('several', { params: { speak: 'one', memory }, members: [fixed(short), fixed(long)] })
      const promise = (right: number, judged: number, n: number): number => {
        const a = (right + 0.5) / (judged + 1)
        return Array.from({ length: n }, (_, i) => a ** (i + 1)).reduce((sum, x) => sum + x, 0)
      }
      expect(promise(1, 2, 3)).toBeGreaterThan(promise(1, 2, 1))
      expect((await guessOf(drafter)).tokens).toEqual(long)
      drafter.push([1], 0) // the long one was wrong at once, the short one right
      expect(promise(memory, 2 * memory + 1, 3)).toBeLessThan(promise(memory + 1, 2 * memory + 1, 1))
      expect((await guessOf(drafter)).tokens).toEqual(short)
      const together = make('several', { params: { speak: 'all', most: 3 }, members: [fixed(short), fixed(long)] })
      const { tokens, others = [] } = await guessOf(together)
      expect([tokens, ...others.map((guess) => guess.tokens)].flat()).toHaveLength(3)
    },
  ],
}

describe('the formula of a drafter', () => {
  it.each(Object.entries(formulas))('%s is what it does', async (name, [formula, check]) => {
    expect(definitionOf(name).spec.formula).toBe(formula)
    await check()
  })

  it('has a row', () => {
    expect([...drafters.keys()].filter((name) => !(name in formulas))).toEqual([])
  })
})

import { fakeVocabulary } from '../../fake-runtime'
import { type Row, RowSpace, rowOf } from '../../row'
import { at, type Case, each, norm, only, order, p1, p2, p3, plausible, softmax, sum, type Vector, z1, z2, z3 } from './case'

/** Operators that make something before the first token, or ask somebody at each: what is made and asked for is made as in a run. */
const [abc, other] = [fakeVocabulary(['a', 'b', 'c', 'qq', 'xyz', '']), fakeVocabulary(['c', 'b', 'a', 'xy', 'q', ''])]
const tools = { space: new RowSpace() } as never
const mixOfAgreeing = 'p = mean of the p_i whose favourite is among the {k} likeliest of another; of all where none is'
const agreeing = (models: readonly Vector[], k: number, law: Vector): Case => ({
  name: 'agreeing-mix',
  formula: mixOfAgreeing,
  inputs: { models },
  params: { k },
  law,
})

/** p of the first vocabulary in the places of the second: c b a go to 0 1 2, the end to 5; where nearness counts xyz goes to xy and qq to q. */
const moved = (near: boolean): Vector => norm([at(p1, 2), at(p1, 1), at(p1, 0), near ? at(p1, 4) : 0, near ? at(p1, 3) : 0, at(p1, 5)])
const aligned =
  "p'(v) = Σ_u S(u, v) p(u), divided by its sum\nS(u, v) = 1 where u and v stand for the same bytes (nearest: or v is the nearest text of one of the {k} likeliest u that has no such v)"

const gedi =
  "log p'(v) = log p(v) + {strength} · log σ({scale} · (ℓ₊(v) − ℓ₋(v)) + {bias})\nℓ: log-probability of the output and v under the wanted and the unwanted model, divided by their tokens (sum: not divided)\nwithout the v of least σ while it is below {filterThreshold} and their mass below {filterMass}"
const past = { desired: -3, undesired: -5, tokens: 3 }
const wanted = (divisor: number): Vector =>
  each((v) => 1 / (1 + Math.exp(-(1.5 * ((past.desired + Math.log(at(p2, v)) - past.undesired - Math.log(at(p3, v))) / divisor) - 0.4))))
const steered = (divisor: number): Vector => norm(each((v) => at(p1, v) * at(wanted(divisor), v) ** 2))
/** in the order of least P(wanted) */
const filtered = (): Vector => {
  const [p, chance] = [steered(4), wanted(4)]
  const gone = new Set<number>()
  for (const v of order(chance).toReversed()) {
    if (sum([...gone, v].map((one) => at(p, one))) >= 0.3 || at(chance, v) >= 0.6) break
    gone.add(v)
  }
  return only(p, (v) => !gone.has(v))
}

const likeness: readonly (readonly [token: number, partners: Readonly<Record<number, number>>])[] = [
  [0, { 2: 0.9, 1: 0.3 }],
  [1, { 0: 0.5 }],
  [2, { 3: 0.2, 4: 0.6 }],
]
const turned = (scaled: boolean): Vector =>
  norm(each((v) => sum(likeness.map(([u, row]) => (at(p1, u) * (row[v] ?? 0)) / (scaled ? sum(Object.values(row)) : 1)))))

const foreseen =
  'score(v) = log p(v) + λ · ℓ(v), λ = {strength}\nfor the {candidates} likeliest that are at least {gate} as likely as the first, where there are two; all others become impossible\nv goes on for at most {span} tokens'
const goal = { nats: [-6, -2, -9, -1, -4, -5], tokens: 3 }
const judged = (share: number, divisor: number): Vector =>
  only(
    each((v) => at(p1, v) * Math.exp((1.2 * at(goal.nats, v)) / divisor)),
    (v) => plausible(p1, share)(v) && order(p1).indexOf(v) < 3,
  )

const chances = [0.2, 0.9, 0.5, 0.7, 0.1, 0.3]
const amongFour = (v: number): boolean => order(p1).indexOf(v) < 4
const opinion = 'for the {k} likeliest tokens v; all others become impossible'

/** two models that read the prompt 0 1 2 with one law each */
const [prompt, laws] = [
  [0, 1, 2],
  [z1, z2],
]
const losses = [p1, p2].map((p) => -(Math.log(at(p, 1)) + Math.log(at(p, 2))) / 2)
const shares = norm(losses.map((loss) => Math.exp(-loss / 0.5)))
const product = (w: Vector): Vector => norm(each((v) => at(p1, v) ** at(w, 0) * at(p2, v) ** at(w, 1)))
/** the best reader's share among 0, 0.05, … 1, by the loss of the product */
function searchedShares(): Vector {
  const best = at(losses, 0) <= at(losses, 1) ? 0 : 1
  const shareOut = (share: number): Vector => (best === 0 ? [share, 1 - share] : [1 - share, share])
  const lossOf = (share: number): number => -sum(prompt.slice(1).map((token) => Math.log(at(product(shareOut(share)), token))))
  const grid = Array.from({ length: 21 }, (_, i) => i / 20)
  return shareOut(grid.reduce((least, share) => (lossOf(share) < lossOf(least) - 1e-9 ? share : least)))
}
const packed = 'w from ℓ_i = mean −log p_i of the prompt’s tokens'
const sweep = async (
  prompts: readonly { readonly name: string }[],
  from: number,
  visit: (position: number, rows: readonly Row[]) => void,
): Promise<void> => {
  for (let position = from; position < prompt.length - 1; position++)
    visit(
      position,
      prompts.map(({ name }) => rowOf(laws[Number(name)] ?? [])),
    )
}
const readers = laws.map((_, i) => ({ name: String(i), vocabulary: abc, tokens: prompt }))

/** by model and token: how the three anchors see it */
const relations: readonly (readonly Vector[])[] = [
  [
    [0.7, 0.2, 0.1],
    [0.1, 0.8, 0.1],
    [0.3, 0.3, 0.4],
    [0.2, 0.1, 0.7],
    [0.5, 0.4, 0.1],
    [0.1, 0.2, 0.7],
  ],
  [
    [0.2, 0.6, 0.2],
    [0.6, 0.1, 0.3],
    [0.1, 0.1, 0.8],
    [0.4, 0.4, 0.2],
    [0.3, 0.3, 0.4],
    [0.8, 0.1, 0.1],
  ],
]
const seenBy = (rows: readonly Vector[]) => ({ relation: (token: number) => ({ anchors: [0, 1, 2], shares: rows[token] ?? [] }) })
const seen = (model: number, p: Vector): Vector =>
  [0, 1, 2].map((anchor) => sum(p.map((share, v) => share * at(relations[model]?.[v] ?? [], anchor))))
const target = seen(0, p1).map((share, anchor) => (2 * share + at(seen(1, likely(p2)), anchor)) / 3)
/** tokens of less than a thousandth have no part */
function likely(p: Vector): Vector {
  return only(p, (v) => at(p, v) >= 1e-3)
}
/** of KL(r ‖ R p) by the score of a token, by a small difference */
function slope(v: number): number {
  const at1 = (h: number): number => {
    const look = seen(0, softmax(each((u) => Math.log(at(p1, u)) + (u === v ? h : 0))))
    return sum(target.map((r, anchor) => r * Math.log(r / at(look, anchor))))
  }
  return (at1(1e-5) - at1(-1e-5)) / 2e-5
}

export const found: readonly Case[] = [
  agreeing(
    [z1, z2, z3],
    1,
    each((v) => (at(p1, v) + at(p2, v)) / 2),
  ),
  agreeing(
    [z1, z2, z3],
    2,
    each((v) => (at(p1, v) + at(p2, v) + at(p3, v)) / 3),
  ),
  agreeing(
    [z1, z3],
    1,
    each((v) => (at(p1, v) + at(p3, v)) / 2),
  ),
  ...(['exact', 'nearest'] as const).map(
    (by): Case => ({
      name: 'align',
      formula: aligned,
      inputs: { of: z1 },
      params: { by, k: 5 },
      found: async (work, params) => ({
        bridge: (await work.bridge?.({ of: [abc], like: [other] }, params as never, tools))?.data,
        size: 6,
      }),
      law: moved(by === 'nearest'),
    }),
  ),
  ...(
    [
      ['mean', 0, steered(4)],
      ['sum', 0, steered(1)],
      ['mean', 0.3, filtered()],
    ] as const
  ).map(
    ([history, filterMass, law]): Case => ({
      name: 'class-bayes',
      formula: gedi,
      inputs: { of: z1, desired: z2, undesired: z3 },
      params: { strength: 2, scale: 1.5, bias: -0.4, history, filterMass, filterThreshold: 0.6 },
      state: past,
      law,
    }),
  ),
  ...[true, false].map(
    (scaled): Case => ({
      name: 'eva',
      formula:
        "p'(v) = Σ_u S(u, v) p(u) over the {k} likeliest u{scaled?, S(u, ·) divided by its sum}; divided by its sum\nS: likeness of embeddings turned onto each other, the {partners} nearest of each{ownFirst?, of one with equal text that alone}",
      inputs: { of: z1 },
      params: { k: 3, scaled },
      found: () => ({
        bridge: {
          map: {
            partners: (token: number) => {
              const row = likeness.find(([u]) => u === token)?.[1] ?? {}
              return { tokens: Object.keys(row).map(Number), likeness: Object.values(row) }
            },
          },
          buffer: new Float32Array(6),
        },
      }),
      law: turned(scaled),
    }),
  ),
  ...(
    [
      ['mean', 'ℓ(v) = log p_judge(goal | text, v) / tokens of the goal', 0.1, judged(0.1, 3)],
      ['sum', 'ℓ(v) = log p_judge(goal | text, v)', 0.3, judged(0.3, 1)],
      ['sum', 'ℓ(v) = log p_judge(goal | text, v)', 0.9, p1],
    ] as const
  ).map(
    ([value, formula, gate, law]): Case => ({
      name: 'foresee',
      formula: foreseen,
      option: { param: 'measure', value, formula },
      inputs: { of: z1, judge: z2 },
      params: { goal: 'so', strength: 1.2, gate, candidates: 3 },
      found: async (work, params) => ({
        advice: await work.consult?.({ inputs: { of: rowOf(z1) }, params: { span: 1, ...params } } as never, {
          spans: (tokens) => Promise.resolve(tokens.map((token) => [token])),
          likelihood: (spans) => Promise.resolve(spans.map(([v = -1]) => ({ nats: at(goal.nats, v), tokens: goal.tokens }))),
          choose: () => Promise.reject(new Error('it asks for no choice')),
        }),
      }),
      law,
    }),
  ),
  ...(
    [
      ['probability', 'score(v) = log p(v) + {strength} · log P(wanted | text, v)', (chance: number) => 3 * Math.log(chance)],
      ['reward', 'score(v) = log p(v) + {strength} · P(wanted | text, v)', (chance: number) => 3 * chance],
      ['penalty', 'score(v) = log p(v) + {strength} · (1 − P(wanted | text, v))', (chance: number) => 3 * (1 - chance)],
    ] as const
  ).map(
    ([value, formula, term]): Case => ({
      name: 'reweight',
      formula: opinion,
      option: { param: 'link', value, formula },
      inputs: { of: z1, judge: z2 },
      params: { k: 4, strength: 3 },
      found: async (work) => ({
        advice: await work.consult?.({ inputs: { of: rowOf(z1) }, params: { k: 4, question: '?', yes: 'y', no: 'n' } } as never, {
          choose: (candidates) => Promise.resolve(candidates.map(([v = -1]) => [Math.log(at(chances, v)), Math.log(1 - at(chances, v))])),
          likelihood: () => Promise.reject(new Error('it reads no goal')),
          spans: () => Promise.reject(new Error('it goes on with nothing')),
        }),
      }),
      law: only(softmax(each((v) => at(z1, v) + term(at(chances, v)))), amongFour),
    }),
  ),
  ...(
    [
      ['combine', 'product', 'p ∝ Π p_i^w_i', product(shares)],
      ['combine', 'average', 'p = Σ w_i p_i', each((v) => at(shares, 0) * at(p1, v) + at(shares, 1) * at(p2, v))],
      ['mode', 'similarity', 'w_i ∝ exp(−ℓ_i / T), T = {temperature}', product(shares)],
      ['mode', 'greedy', 'w: shares that lower ℓ of the mixture, searched model by model, best first', product(searchedShares())],
    ] as const
  ).map(
    ([param, value, formula, law]): Case => ({
      name: 'perplexity-mix',
      formula: packed,
      option: { param, value, formula },
      inputs: { models: laws },
      params: { temperature: 0.5 },
      found: async (work, params) => ({ bridge: await work.prepare?.({ models: readers }, params as never, sweep) }),
      law,
    }),
  ),
  {
    name: 'deepen',
    formula:
      'r = Σ w_i R_i p_i / Σ w_i over the shared tokens (at most {anchors}), w = {weights}; p_i: its 64 likeliest tokens\n{steps} steps of AdamW from p_main that lower KL(r ‖ R_main p), the first of length {rate}',
    inputs: { main: z1, others: [z2] },
    params: { rate: 0.2, weights: [2, 1], steps: 1 },
    found: () => ({
      bridge: { anchors: 3, main: seenBy(relations[0] ?? []), others: [seenBy(relations[1] ?? [])], vocabulary: { endTokens: [5] } },
    }),
    // the first step of AdamW is as long for every score, against its slope; 0.01 of the rate is its decay
    law: softmax(each((v) => Math.log(at(p1, v)) * (1 - 0.2 * 0.01) - 0.2 * Math.sign(slope(v)))),
  },
  {
    name: 'union-mix',
    formula: 'p(s) = Σ w_i p_i(s) / Σ w_i over all strings s of all vocabularies, w = {weights}',
    inputs: { models: [z1, z2] },
    params: { weights: [2, 1] },
    found: async (work, params) => {
      const made = await work.bridge?.({ models: [abc, other] }, params as never, tools)
      return { bridge: made?.data, size: made?.vocabulary.size ?? 0 }
    },
    // the union: a b c qq xyz and the end, then xy and q of the second
    law: [
      2 * at(p1, 0) + at(p2, 2),
      2 * at(p1, 1) + at(p2, 1),
      2 * at(p1, 2) + at(p2, 0),
      2 * at(p1, 3),
      2 * at(p1, 4),
      2 * at(p1, 5) + at(p2, 5),
      at(p2, 3),
      at(p2, 4),
    ].map((weight) => weight / 3),
  },
]

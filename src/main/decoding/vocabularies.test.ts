import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DistributionExpression } from '../../shared/expression'
import type { DecodeProgram } from '../models/model'
import { decode } from './decode'
import { probabilities } from './distribution'
import { FakeRuntime, fakeLeaf, fakeVocabulary, hashedLogits } from './fake-runtime'
import { editDistance, NearestToken } from './nearest-token'
import { operators } from './operators'
import { paramValues } from './params'
import { idsByPiece, Retokeniser, wholeCharacters } from './retokeniser'
import { Row, RowSpace, rowOf } from './row'
import { neutralSampler } from './sampler'
import type { Vocabulary } from './source'
import { uniteVocabularies } from './union-vocabulary'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const A = fakeVocabulary([' the', ' cat', ' c', 'at', ''])
const B = fakeVocabulary([' the', ' cat', ' ca', 't', ''])
const logs = (ps: readonly number[]): Row => rowOf(ps.map(Math.log))

/** An operator on unlike vocabularies, applied once. */
function applyBridged(
  name: string,
  inputs: Record<string, Row | Row[]>,
  vocabularies: Record<string, Vocabulary[]>,
  params = {},
): { p: number[]; vocabulary: Vocabulary } {
  const operator = operators.get(name) as NonNullable<ReturnType<typeof operators.get>>
  const values = paramValues(operator.spec, params)
  const made = operator.work.bridge?.(vocabularies, values, {
    space: new RowSpace(),
    embeddings: {},
    work: { signal: new AbortController().signal, progress: () => undefined },
    derived: undefined,
  })
  if (made === undefined || made instanceof Promise) throw new Error(`${name} has no bridge that is there at once`)
  const out = new Row(new Float32Array(made.vocabulary.size))
  operator.work.apply({ inputs, params: values, state: undefined, bridge: made.data } as never, out)
  return { p: probabilities(out), vocabulary: made.vocabulary }
}

function near(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i] as number, 6)
  })
}

describe('the union of vocabularies (GaC)', () => {
  const pA = logs([0.1, 0.55, 0.2, 0.1, 0.05])
  const pB = logs([0.15, 0.35, 0.4, 0.05, 0.05])
  const vocabularies = { models: [A, B] }
  it('averages by byte string; end tokens are one', () => {
    const { p, vocabulary } = applyBridged('union-mix', { models: [pA, pB] }, vocabularies)
    const texts = p.map((_, token) => new TextDecoder().decode(vocabulary.pieceBytes(token)))
    expect(texts).toEqual([' the', ' cat', ' c', 'at', '', ' ca', 't'])
    near(p, [0.125, 0.45, 0.1, 0.05, 0.05, 0.2, 0.025])
    near(
      applyBridged('union-mix', { models: [pA, pB] }, vocabularies, { weights: [0.7, 0.3] }).p,
      [0.115, 0.49, 0.14, 0.07, 0.05, 0.12, 0.015],
    )
  })
  it('is the plain average on equal vocabularies', () => {
    near(applyBridged('union-mix', { models: [pA, pB] }, { models: [A, A] }).p, [0.125, 0.45, 0.3, 0.075, 0.05])
  })
  it('leaves out a model that waits for the rest of a character', () => {
    const waiting = logs([0.2, 0.2, 0.2, 0.2, 0.2])
    waiting.isSilent = true
    near(applyBridged('union-mix', { models: [pA, waiting] }, vocabularies).p, [0.1, 0.55, 0.2, 0.1, 0.05, 0, 0])
  })
  it('numbers the first vocabulary’s tokens as they were', () => {
    expect(Array.from(uniteVocabularies([A, B]).maps[1] as Int32Array)).toEqual([0, 1, 5, 6, 4])
  })
})

describe('aligning one vocabulary to another', () => {
  it('moves mass to equal text and scales the rest up', () => {
    const { p } = applyBridged('align', { of: logs([0.15, 0.35, 0.4, 0.05, 0.05]) }, { of: [B], like: [A] })
    near(p, [0.15 / 0.55, 0.35 / 0.55, 0, 0, 0.05 / 0.55])
  })
  it('or to the nearest text, the first among equals (FuseLLM)', () => {
    const base = fakeVocabulary([' get', ' gets', ' got', 's', ' news', ''])
    const nearest = new NearestToken(base)
    expect([' gut', 'new', ' getss'].map((piece) => nearest.find(piece))).toEqual([0, 4, 1])
    const { p } = applyBridged('align', { of: logs([0.15, 0.35, 0.4, 0.05, 0.05]) }, { of: [B], like: [A] }, { by: 'nearest', k: 5 })
    near(p, [0.15, 0.75, 0, 0.05, 0.05]) // ' ca' → ' cat', which comes before ' c'; 't' → 'at'
  })
  it('finds what looking at every token finds', () => {
    const piece = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 7 }),
      fc.constantFrom('ab'.repeat(15), 'ba'.repeat(17)),
    )
    fc.assert(
      fc.property(fc.uniqueArray(piece, { minLength: 1, maxLength: 40 }), fc.array(piece, { maxLength: 8 }), (pieces, wanted) => {
        const told = pieces.filter((text) => text !== '')
        const nearest = new NearestToken(fakeVocabulary([...told, '']))
        for (const text of wanted.filter((one) => one !== '')) {
          const distances = told.map((one) => editDistance(text, one))
          expect(nearest.find(text)).toBe(distances.indexOf(Math.min(...distances)))
        }
      }),
    )
  })
  it('measures edits', () => {
    expect([editDistance('gets', 'get'), editDistance(' new', ' news'), editDistance('unbeliev', 'believ')]).toEqual([1, 1, 2])
    expect(editDistance('', 'abc')).toBe(3)
    expect(editDistance('abcdef', 'uvwxyz', 2)).toBe(2)
  })
})

describe('following a text in other tokens', () => {
  it('keeps the bytes, whatever pieces they come in, and says which tokens stayed', () => {
    const vocabulary = fakeVocabulary(['a', 'b', 'ab', 'ba', 'aba', 'é', 'aé', '€', ''])
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', 'é', '€'), maxLength: 80 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        (text, sizes) => {
          const follower = new Retokeniser(vocabulary)
          const whole = bytes(text)
          for (let at = 0; at < whole.length; ) {
            const before = [...follower.tokens]
            const size = sizes.next().value as number
            const kept = follower.push(whole.subarray(at, at + size))
            at = Math.min(whole.length, at + size)
            expect(follower.tokens.slice(0, kept)).toEqual(before.slice(0, kept))
            const read = follower.tokens.flatMap((token) => [...vocabulary.pieceBytes(token)])
            expect(read).toEqual([...whole.subarray(0, wholeCharacters([...whole.subarray(0, at)]))])
            expect(follower.isLagging).toBe(read.length < at)
          }
        },
      ),
    )
  })
  it('appends a piece that it has as the one token that it is', () => {
    const follower = new Retokeniser(fakeVocabulary(['a', 'b', 'ab', '']))
    follower.push(bytes('a'))
    expect(follower.push(bytes('b'))).toBe(1)
    expect(follower.tokens).toEqual([0, 1]) // not 'ab': the model wrote a, then b
  })
  it('of tokens with the same bytes takes the one that the tokenizer writes, not a byte that stands for it', () => {
    const vocabulary = {
      ...fakeVocabulary(['1', ' ', '1', 'a', ''], 'bytes first'),
      tokenize: (text: string) => (text === '1' ? [2] : [1]),
    }
    expect([...idsByPiece(vocabulary)]).toEqual([
      ['1', 2],
      [' ', 1],
      ['a', 3],
    ])
  })
  it('counts whole characters', () => {
    expect(wholeCharacters([...bytes('a€')])).toBe(4)
    expect(wholeCharacters([...bytes('a€')].slice(0, 3))).toBe(1)
    expect(wholeCharacters([0x80, 0x80, 0x80, 0x80])).toBe(4)
    expect(wholeCharacters([])).toBe(0)
  })
})

describe('decoding across vocabularies', () => {
  const short = fakeVocabulary(['a', 'b', 'c', ''])
  const long = fakeVocabulary(['a', 'b', 'c', 'ab', 'bc', 'ca', ''])
  const models = {
    short: { vocabulary: short, logits: hashedLogits(1, 4) },
    long: { vocabulary: long, logits: hashedLogits(2, 7) },
    twin: { vocabulary: short, logits: hashedLogits(1, 4) },
  }
  const run = (expression: DistributionExpression, more: Partial<DecodeProgram> = {}) =>
    decode(
      { expression, sampler: { ...neutralSampler, temperature: 0 }, maxTokens: 24, stop: [], seed: 1, ...more },
      new FakeRuntime(models),
      { signal: new AbortController().signal },
    )
  const union = (...ids: string[]): DistributionExpression => ({
    op: 'union-mix',
    inputs: { models: ids.map((id) => fakeLeaf(id, 'abc')) },
    params: {},
  })

  it('a union of one model is that model', async () => {
    expect((await run(union('short'))).text).toBe((await run(fakeLeaf('short', 'abc'))).text)
    expect((await run(union('long'))).text).toBe((await run(fakeLeaf('long', 'abc'))).text)
  })
  it('every model follows the one text, and sampling repeats by seed', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const first = await run(union('short', 'long'), { sampler: neutralSampler, seed, trace: { topK: 2 } })
      expect(first.text).toMatch(/^[abc]*$/)
      expect((await run(union('short', 'long'), { sampler: neutralSampler, seed })).text).toBe(first.text)
      expect(first.trace?.steps.map(({ text }) => text).join('')).toBe(first.text)
    }
  })
  it('an aligned model may enter any operator', async () => {
    const aligned: DistributionExpression = {
      op: 'align',
      inputs: { of: fakeLeaf('long', 'abc'), like: fakeLeaf('short', 'abc') },
      params: {},
    }
    const mix = (other: DistributionExpression, weights: number[]): DistributionExpression => ({
      op: 'linear-mix',
      inputs: { models: [fakeLeaf('short', 'abc'), other] },
      params: { weights },
    })
    const alone = (await run(fakeLeaf('short', 'abc'))).text
    expect((await run(mix(aligned, [1, 0]))).text).toBe(alone)
    expect((await run(mix(aligned, [0.01, 0.99]))).text).not.toBe(alone)
    expect((await run({ op: 'align', inputs: { of: fakeLeaf('twin', 'abc'), like: fakeLeaf('short', 'abc') }, params: {} })).text).toBe(
      alone,
    )
  })
  it('refuses a drafter, whose guesses could not be checked', async () => {
    await expect(run(union('short', 'long'), { drafter: { drafter: 'ngram', params: {} } })).rejects.toMatchObject({
      code: 'vocabulary-mismatch',
    })
  })
})

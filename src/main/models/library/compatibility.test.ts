import { beforeAll, expect, test } from 'vitest'
import { readGgufHeader } from '../../weights/gguf/read-header'
import { judgePair } from './compatibility'
import { factsOf, formatParameters, type ModelFacts } from './facts'

const facts: Record<string, ModelFacts> = {}
beforeAll(async () => {
  for (const name of ['toy-base', 'toy-math', 'toy-draft', 'toy-other'])
    facts[name] = factsOf(await readGgufHeader(`resources/toys/${name}.gguf`))
  facts.embedder = { ...facts['toy-base']!, architecture: 'bert', vocabulary: 'w', writesText: false, shapes: 'e' }
})
const pair = (a: string, b: string) => judgePair({ name: a, facts: facts[a]! }, { name: b, facts: facts[b]! })
const verdicts = (a: string, b: string) => Object.fromEntries(Object.entries(pair(a, b)).map(([what, { ok }]) => [what, ok]))

test('two children of one ancestor can merge and mix, but neither drafts for the other', () => {
  expect(verdicts('toy-base', 'toy-math')).toEqual({ merge: true, mix: true, align: true, draft: false, template: true })
})

test('the small one of the same vocabulary drafts, whichever is named first', () => {
  expect(pair('toy-base', 'toy-draft').draft).toEqual({ ok: true, reason: 'toy-draft (0.2M) drafts for toy-base (0.9M).' })
  expect(pair('toy-draft', 'toy-base').draft).toEqual(pair('toy-base', 'toy-draft').draft)
  expect(pair('toy-base', 'toy-draft').merge.reason).toMatch(/Different shapes: 4 blocks of 128 and 2 blocks of 64/)
})

test('another vocabulary: no mixing as it is, but alignment', () => {
  expect(verdicts('toy-base', 'toy-other')).toMatchObject({ merge: false, mix: false, align: true, draft: false })
  expect(pair('toy-base', 'toy-other').mix.reason).toContain('768 and 512')
})

test('an embedding model mixes with nothing', () => {
  expect(verdicts('toy-base', 'embedder')).toMatchObject({ merge: false, mix: false, align: false, draft: false })
})

test('every judgement has a reason, and order does not change it', () => {
  const names = Object.keys(facts)
  for (const a of names)
    for (const b of names)
      for (const [what, { ok, reason }] of Object.entries(pair(a, b))) {
        expect(reason.length).toBeGreaterThan(5)
        expect(pair(b, a)[what as 'merge'].ok).toBe(ok)
      }
})

test('parameters are spoken of in the usual way', () => {
  expect([134_515_008, 885_888, 184_640, 7_240_000_000, 70_000_000_000, 12_345].map(formatParameters)).toEqual([
    '135M',
    '0.9M',
    '0.2M',
    '7.2B',
    '70B',
    '12k',
  ])
})

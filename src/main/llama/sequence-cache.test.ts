import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignSequences, commonPrefix, reusable } from './sequence-cache'

describe('which cached sequence a prompt continues', () => {
  it('takes the longest common prefix, but leaves the last two tokens to evaluate', () => {
    const cached = [
      { id: 0, tokens: [1, 2, 9] },
      { id: 3, tokens: [1, 2, 3, 4, 5] },
    ]
    expect(assignSequences([[1, 2, 3, 4, 5]], cached, true)).toEqual([{ kind: 'keep', id: 3, length: 3 }])
  })

  it('starts afresh where nothing is shared', () => {
    expect(assignSequences([[7, 8]], [{ id: 0, tokens: [1, 2] }], true)).toEqual([{ kind: 'fresh' }])
    expect(assignSequences([[7]], [{ id: 0, tokens: [7, 8] }], true)).toEqual([{ kind: 'fresh' }])
    expect(assignSequences([], [], true)).toEqual([])
  })

  it('gives a sequence to one prompt and copies of it to the others', () => {
    const cached = [{ id: 2, tokens: [1, 2, 3, 4] }]
    expect(
      assignSequences(
        [
          [1, 2, 8, 8],
          [1, 2, 3, 4, 5, 6],
        ],
        cached,
        true,
      ),
    ).toEqual([
      { kind: 'copy', from: 2, length: 2 },
      { kind: 'keep', id: 2, length: 4 },
    ])
  })

  it('never cuts a cache that cannot be cut', () => {
    const cached = [{ id: 0, tokens: [1, 2, 3] }]
    expect(assignSequences([[1, 2, 9]], cached, false)).toEqual([{ kind: 'fresh' }])
    expect(assignSequences([[1, 2, 3, 4, 5]], cached, false)).toEqual([{ kind: 'keep', id: 0, length: 3 }])
  })

  it('only ever reuses tokens that the prompt really has, and each sequence in place once', () => {
    const tokens = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 4 }), fc.array(tokens, { maxLength: 4 }), (prompts, lists) => {
        const cached = lists.map((list, id) => ({ id, tokens: list }))
        const assigned = assignSequences(prompts, cached, true)
        const kept = assigned.flatMap((a) => (a.kind === 'keep' ? [a.id] : []))
        expect(new Set(kept).size).toBe(kept.length)
        assigned.forEach((a, i) => {
          const prompt = prompts[i] as number[]
          if (a.kind === 'fresh') return
          const source = cached[a.kind === 'keep' ? a.id : a.from]?.tokens as number[]
          expect(a.length).toBeLessThan(prompt.length)
          expect(commonPrefix(prompt, source)).toBeGreaterThanOrEqual(a.length)
          expect(reusable(prompt, source)).toBeGreaterThanOrEqual(a.length)
          if (a.kind === 'copy') expect(kept).toContain(a.from)
        })
      }),
    )
  })
})

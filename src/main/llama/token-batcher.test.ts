import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { TokenDelta } from '../models/model'
import { TokenBatcher } from './token-batcher'

const delta = (text: string): TokenDelta => ({ text, tokens: 1, accepted: 0, rejected: 2 })

describe('joining token deltas', () => {
  it('sends the first at once, joins what follows, and loses nothing', async () => {
    const sent: TokenDelta[] = []
    const batcher = new TokenBatcher((d) => sent.push(d), 300)
    for (const text of ['a', 'b', 'c']) batcher.push(delta(text))
    expect(sent.map(({ text }) => text)).toEqual(['a'])
    await sleep(700)
    expect(sent.map(({ text }) => text)).toEqual(['a', 'bc'])
    expect(sent[1]).toEqual({ text: 'bc', tokens: 2, accepted: 0, rejected: 4 })
  })

  it('sends the rest on flush, once', () => {
    const sent: string[] = []
    const batcher = new TokenBatcher(({ text }) => void sent.push(text), 1000)
    for (const text of ['a', 'b']) batcher.push(delta(text))
    batcher.flush()
    batcher.flush()
    expect(sent).toEqual(['a', 'b'])
  })
})

import { describe, expect, it } from 'vitest'
import type { RunEvent, RunEventBody } from './events'
import { foldEvents, noRun } from './fold'
import { replayOf, stateAt } from './replay'

const bodies: RunEventBody[] = [
  { type: 'run.start', graph: 'g', graphHash: '', inputsHash: '', seed: 7, device: 'cpu' },
  { type: 'node.start', node: 'a', attempt: 1, seed: 1, reason: 'x' },
  ...Array.from(
    { length: 500 },
    (_, i): RunEventBody => ({ type: 'token', node: 'a', text: `${i} `, tokens: 1, accepted: 0, rejected: 0 }),
  ),
]
const events = bodies.map((body, seq) => ({ e: 1, seq, t: seq * 2, run: 'r', ...body }) as RunEvent)

describe('a run at any moment', () => {
  const replay = replayOf(events)
  it('is the fold of its events up to then, at every moment', () => {
    for (let t = -1; t <= 1010; t += 7) {
      const upTo = events.filter((event) => event.t <= t)
      expect(stateAt(replay, t)).toEqual(foldEvents(upTo))
    }
  })
  it('is nothing before it began and whole after its end', () => {
    expect(stateAt(replay, -1)).toEqual(noRun)
    expect(stateAt(replay, 1e9)).toEqual(foldEvents(events))
  })
  it('folds few events, however long the run was', () => {
    const state = stateAt(replay, 800)
    expect(state.nodes.a?.usage.tokens).toBe(399)
    expect(replay.checkpoints).toHaveLength(4)
  })
})

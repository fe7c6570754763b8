import type { ModelRef } from '../../shared/value'
import type { EvaluateRequest, OpenRequest, TokenSequence } from '../decoding/source'
import type { LaneCall, LaneEntry } from './lane'
import type { IdleLane, LaneRequest, LoadedModel, OpenedLane } from './loaded-model'
import type { CachedSequence } from './sequence-cache'
import { keptTokens, placesOf } from './token-tree'

/** The sequences that one call opened on one model: they share a lane, which goes back to the model when the last of them is disposed. */
export class SequenceGroup {
  readonly #live = new Set<LaneSequence>()
  readonly #cached: CachedSequence[] = []
  #closed = false
  #broken = false

  private constructor(
    readonly model: LoadedModel,
    readonly opened: OpenedLane,
  ) {}

  /** Opens one sequence for each request, all on `model`: on the lane that was taken out, or on a new one, for which there must be room. */
  static async open(
    model: LoadedModel,
    requests: readonly OpenRequest[],
    taken: IdleLane | undefined,
  ): Promise<{ group: SequenceGroup; sequences: LaneSequence[] }> {
    const opened = await model.openLane(laneRequest(requests), taken)
    const group = new SequenceGroup(model, opened)
    const made = opened.starts.map(({ sequence, length }, i) => {
      const { model: ref, prompt } = requests[i] as OpenRequest
      return group.#add(new LaneSequence(group, ref, sequence, prompt.slice(0, length), false))
    })
    return { group, sequences: made }
  }

  /** Appends tokens; all or nothing. The sequences of all requests belong to this group. */
  async evaluate(requests: readonly EvaluateRequest[], call: LaneCall): Promise<void> {
    const { lane, freeSequences } = this.opened
    const lent: number[] = []
    const entries = requests.map(({ sequence, tokens, rows, parents }): LaneEntry => {
      const { id, length } = sequence as LaneSequence
      const entry = { sequence: id, start: length, tokens, rows }
      if (parents === undefined) return entry
      const branching = placesOf(tokens.length, parents, id, () => {
        const branch = freeSequences.shift()
        if (branch === undefined) throw new Error('more branches than the open request asked for')
        lent.push(branch)
        lane.copy(id, branch, length)
        return branch
      })
      return { ...entry, branching }
    })
    try {
      await lane.evaluate(entries, call)
    } catch (error) {
      for (const { sequence, start } of entries) if (!lane.truncate(sequence, start)) this.#broken = true
      throw error
    } finally {
      for (const branch of lent) {
        if (!lane.truncate(branch, 0)) this.#broken = true
        freeSequences.push(branch)
      }
    }
    requests.forEach(({ sequence, tokens, parents }) => {
      const own = sequence as LaneSequence
      const kept = keptTokens(tokens, parents)
      own.append(kept)
      if (parents !== undefined && !lane.truncate(own.id, own.length)) this.#broken = true
    })
  }

  fork(source: LaneSequence): LaneSequence {
    const id = this.opened.freeSequences.shift()
    if (id === undefined) throw new Error('more forks than the open request asked for')
    this.opened.lane.copy(source.id, id, source.length)
    return this.#add(new LaneSequence(this, source.model, id, [...source.tokens], true))
  }

  /** Forks are forgotten, main sequences stay in the cache for the next call that begins alike. */
  release(sequence: LaneSequence): void {
    if (!this.#live.delete(sequence)) return
    if (sequence.isFork) {
      if (!this.opened.lane.truncate(sequence.id, 0)) this.#broken = true
      this.opened.freeSequences.push(sequence.id)
    } else this.#keep(sequence)
    if (this.#live.size === 0) this.close()
  }

  /** Gives the lane back whatever still lives. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const sequence of this.#live) this.#keep(sequence)
    if (this.#broken) this.model.discardLane(this.opened.lane)
    else
      this.model.closeLane(
        this.opened.lane,
        this.#cached.filter(({ tokens }) => tokens.length > 0),
      )
  }

  /** Keeps what a later prompt may continue with the same result bit for bit. */
  #keep({ id, tokens, readTogether }: LaneSequence): void {
    const { lane } = this.opened
    if (lane.truncate(id, readTogether)) this.#cached.push({ id, tokens: tokens.slice(0, readTogether) })
    else if (!lane.truncate(id, 0)) this.#broken = true
  }

  #add(sequence: LaneSequence): LaneSequence {
    this.#live.add(sequence)
    return sequence
  }
}

/** The lane that holds all these sequences and their forks. */
export function laneRequest(requests: readonly OpenRequest[]): LaneRequest {
  const prompts = requests.map(({ prompt }) => prompt)
  const cells = requests.reduce(
    (sum, { prompt, capacity, branches, tree }) => sum + capacity + (tree?.tokens ?? 0) + branches * (capacity - prompt.length + 1),
    1,
  )
  return {
    prompts,
    cells,
    longest: Math.max(...requests.map(({ capacity }) => capacity)),
    sequences: requests.reduce((sum, { branches, tree }) => sum + branches + (tree?.paths ?? 1), 0),
    rows: requests.reduce((sum, { rows = 1 }) => sum + rows, 0),
    neverForks: requests.every(({ branches, tree }) => branches === 0 && tree === undefined),
    sideBySide: requests.every(({ sideBySide = false }) => sideBySide),
  }
}

export class LaneSequence implements TokenSequence {
  /** how many tokens, from the first, were read in a way that gives the same bits again */
  readTogether: number

  constructor(
    readonly group: SequenceGroup,
    readonly model: ModelRef,
    readonly id: number,
    readonly tokens: number[],
    readonly isFork: boolean,
  ) {
    this.readTogether = tokens.length
  }

  get length(): number {
    return this.tokens.length
  }

  append(tokens: readonly number[]): void {
    const isKept = tokens.length > 1 || this.group.model.native.numerics.isExact
    if (isKept && this.readTogether === this.tokens.length) this.readTogether += tokens.length
    for (const token of tokens) this.tokens.push(token)
  }

  truncate(length: number): void {
    if (length === this.tokens.length) return
    if (length > this.tokens.length) throw new RangeError(`a sequence of ${this.tokens.length} tokens cannot be cut to ${length}`)
    if (!this.group.opened.lane.truncate(this.id, length)) throw new Error(`the cache of "${this.model.name}" cannot be cut back`)
    this.tokens.length = length
    this.readTogether = Math.min(this.readTogether, length)
  }

  fork(): TokenSequence {
    return this.group.fork(this)
  }

  dispose(): void {
    this.group.release(this)
  }
}

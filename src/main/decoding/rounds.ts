import type { DecodeCall, Decoded, DecodeProgram } from '../models/model'
import type { Compiled } from './compile'
import { entropy } from './distribution'
import { DraftTree, type Proposal } from './draft-tree'
import { noDraft } from './drafter'
import type { Drafting } from './drafting'
import { Round } from './evaluate'
import { Holder } from './holding'
import { draw } from './law'
import { Output } from './output'
import { hasMemory, prefixTokens } from './prefix'
import type { Random } from './random'
import type { Row, RowSpace } from './row'
import type { Sampler } from './sampler'
import type { Runtime, TokenConstraint } from './source'
import { Tracer } from './trace'
import { judge, type Verification } from './verification'

/** What a decoding works with once everything is open. */
export interface RoundsParts {
  readonly program: DecodeProgram
  readonly compiled: Compiled
  readonly space: RowSpace
  readonly runtime: Runtime
  readonly call: DecodeCall
  readonly sampler: Sampler
  readonly random: Random
  readonly drafter: ReturnType<Drafting['start']> | undefined
  readonly verification: Verification
  readonly constraint: TokenConstraint | undefined
}

const emptyTree = new DraftTree(noDraft)

/** What became of a draft where this token is taken. */
const fateOf = (token: number, { proposals, rest }: { readonly proposals: readonly Proposal[]; readonly rest: readonly number[] }) => ({
  isDraft: proposals.some((proposal) => proposal.token === token),
  rejected: rest[0] === token ? [] : rest,
})

/** The loop over rounds. A round evaluates the agreed text and the draft, then settles tokens one by one until a draft is refused. */
export class Rounds {
  readonly #parts: RoundsParts
  readonly #output: Output
  readonly #tracer: Tracer | undefined
  readonly #holder: Holder | undefined
  readonly #weights: Float32Array
  readonly #masked: Row
  readonly #limit: number
  #passes = 0
  /** of the passes, those that only took the prefix to operators with a memory */
  #replayed = 0
  #drafted = 0
  #accepted = 0
  #promptMs = 0

  constructor(parts: RoundsParts) {
    this.#parts = parts
    const { compiled, program } = parts
    const { size } = compiled.vocabulary
    const room = Math.min(...compiled.leaves.map((leaf) => leaf.room))
    this.#limit = Math.min(program.maxTokens, room)
    this.#output = new Output(compiled.vocabulary, program.stop, this.#limit)
    this.#tracer = program.trace && new Tracer(compiled, program.trace.topK)
    const { hold, signal } = parts.call
    this.#holder = hold && new Holder({ hold, compiled, output: this.#output, constraint: parts.constraint, signal })
    this.#weights = parts.space.row(size).values
    this.#masked = parts.space.row(parts.constraint ? size : 0)
  }

  /** Runs to an end token, a stop string or the limit. */
  async finish(): Promise<Decoded> {
    const { runtime, compiled, call, drafter } = this.#parts
    const begun = runtime.now()
    await this.#begin()
    while (this.#output.finish === undefined) {
      call.signal.throwIfAborted()
      // the first pass reads the prompts; what follows a prompt is rarely worth guessing
      const isFirst = this.#passes === this.#replayed
      const draft = !isFirst ? await drafter?.predict(this.#room(), call.signal) : undefined
      const tree = draft === undefined ? emptyTree : new DraftTree(draft)
      const round = new Round(compiled, runtime, this.#evaluateCall(), { number: this.#passes, tree })
      await round.begin()
      if (isFirst) this.#promptMs = runtime.now() - begun
      this.#passes++
      await this.#settle(round)
    }
    return this.#decoded(runtime.now() - begun - this.#promptMs)
  }

  /** The prefix stands as if it had been written. It is read with the prompts, but for operators with a memory: these see it token by token. */
  async #begin(): Promise<void> {
    const { program, compiled, runtime, call, drafter, constraint } = this.#parts
    const tokens = prefixTokens(program.prefix, compiled, constraint, this.#limit)
    if (tokens.length === 0) return
    const remembers = hasMemory(compiled.root)
    for (const token of tokens) {
      call.signal.throwIfAborted()
      if (remembers) {
        const round = new Round(compiled, runtime, this.#evaluateCall(), { number: this.#passes, tree: emptyTree })
        await round.begin()
        await round.scores(0)
        round.accept(token, 0)
        this.#passes++
        this.#replayed++
      }
      this.#output.push(token, 0)
      this.#tracer?.given(token)
      for (const leaf of compiled.leaves) {
        if (leaf.followsBytes) leaf.follow(compiled.vocabulary.pieceBytes(token))
        else leaf.settle([token], 0, -1)
      }
      if (this.#output.finish !== undefined) break
    }
    const given = this.#output.tokens
    drafter?.push(given, 0)
    call.onToken?.({ text: this.#output.take(this.#output.finish !== undefined), tokens: given.length, accepted: 0, rejected: 0 })
  }

  #evaluateCall(): Parameters<Runtime['evaluate']>[1] {
    const { signal, onEvent } = this.#parts.call
    if (this.#passes > 0 || onEvent === undefined) return { signal }
    return { signal, onProgress: (done, total) => onEvent({ type: 'prompt-progress', done, total }) }
  }

  /** How many tokens may be drafted: the last one of a round is never a draft, and every leaf must have room. */
  #room(): number {
    const left = this.#limit - this.#output.tokens.length - 1
    return Math.max(0, Math.min(left, ...this.#parts.compiled.leaves.map((leaf) => leaf.room - 1)))
  }

  async #settle(round: Round): Promise<void> {
    const { drafter, call } = this.#parts
    const before = this.#output.tokens.length
    const walk = round.tree.walk()
    for (let position = 0; this.#output.finish === undefined; position++) {
      const row = await round.scores(position)
      const { proposals, rest } = walk
      const drawn = proposals.length === 0 ? this.#drawToken(row) : this.#verify(row, proposals)
      const token = this.#holder
        ? await this.#holder.ask({ row, token: drawn, position, round: round.number, ...fateOf(drawn, walk) })
        : drawn
      const isAccepted = walk.follow(token)
      const entropyHere = this.#tracer ? entropy(row) : 0 // gives the normaliser too, which the next line asks for
      this.#output.push(token, row.logprob(token))
      if (this.#output.finish === 'end') break
      this.#tracer?.step({
        row,
        entropy: entropyHere,
        token,
        position,
        round: round.number,
        isDraft: isAccepted,
        rejected: rest[0] === token ? [] : rest,
      })
      round.accept(token, position)
      this.#parts.constraint?.accept(token)
      if (!isAccepted) break
      round.follow(walk.path)
    }
    const emitted = this.#output.tokens.slice(before)
    const accepted = walk.path.length
    const inFirst = walk.path.findIndex((node, i) => node !== i)
    this.#close(round, emitted, inFirst < 0 ? accepted : inFirst)
    drafter?.push(emitted, inFirst < 0 ? accepted : inFirst)
    this.#drafted += round.tree.size
    this.#accepted += accepted
    call.onToken?.({
      text: this.#output.take(this.#output.finish !== undefined),
      tokens: emitted.length,
      accepted,
      rejected: round.tree.size - accepted,
    })
  }

  /** All leaves follow what was emitted; their caches keep what they read of it. */
  #close(round: Round, emitted: readonly number[], accepted: number): void {
    const { leaves, vocabulary } = this.#parts.compiled
    for (const leaf of leaves) {
      if (!leaf.followsBytes) leaf.settle(emitted, accepted, round.number)
      else for (const token of emitted) leaf.follow(vocabulary.pieceBytes(token))
    }
    if (Math.min(...leaves.map((leaf) => leaf.room)) < 1) this.#output.endByLength()
  }

  /** Without a draft a forbidden token is drawn again under the mask: the same law as masking first, and mostly much cheaper. */
  #drawToken(row: Row): number {
    const { sampler, random, constraint } = this.#parts
    const token = draw(sampler.law(row, this.#output.tokens, this.#weights), random.uniform())
    if (constraint === undefined || constraint.allows(token)) return token
    return draw(sampler.law(this.#constrained(row), this.#output.tokens, this.#weights), random.uniform())
  }

  #verify(row: Row, proposals: readonly Proposal[]): number {
    const { sampler, random, constraint, verification } = this.#parts
    const scores = constraint ? this.#constrained(row) : row
    const target = sampler.law(scores, this.#output.tokens, this.#weights)
    return judge(verification, { scores, target, proposals }, random)
  }

  #constrained(row: Row): Row {
    const { constraint } = this.#parts
    this.#masked.values.set(row.values)
    constraint?.mask(this.#masked.values)
    this.#masked.touch()
    return this.#masked
  }

  #decoded(decodeMs: number): Decoded {
    const { leaves } = this.#parts.compiled
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)
    const usage = {
      waitMs: 0,
      loadMs: 0,
      promptMs: this.#promptMs,
      decodeMs,
      promptTokens: sum(leaves.map((leaf) => leaf.prompt.length)),
      reusedTokens: sum(leaves.map((leaf) => leaf.reusedTokens)),
      tokens: this.#output.tokens.length,
      drafted: this.#drafted,
      accepted: this.#accepted,
      passes: this.#passes,
      kvBytes: sum(leaves.map((leaf) => leaf.cacheBytes)),
      writtenBytes: 0,
    }
    this.#parts.call.onEvent?.({ type: 'usage', usage })
    const { text, logprob } = this.#output
    const decoded = { text, tokens: usage.tokens, finish: this.#output.finish ?? 'length', logprob, usage }
    return this.#tracer ? { ...decoded, trace: this.#tracer.trace } : decoded
  }
}

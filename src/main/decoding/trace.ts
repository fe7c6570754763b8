import type { TokenTrace, TraceStep } from '../models/model'
import type { Compiled } from './compile'
import { topK } from './distribution'
import { divergence } from './divergence'
import type { Leaf } from './leaf'
import type { Row } from './row'
import type { Vocabulary } from './source'
import { sharesOf } from './source-shares'

export interface TracedToken {
  readonly row: Row
  /** of the row, in nats */
  readonly entropy: number
  readonly token: number
  readonly position: number
  readonly round: number
  readonly isDraft: boolean
  readonly rejected: readonly number[]
}

type Top = TraceStep['top']

/** Writes down, for each token, what every source and the result thought of it. */
export class Tracer {
  readonly #leaves: readonly Leaf[]
  readonly #vocabulary: Vocabulary
  readonly #k: number
  readonly #shares: ReturnType<typeof sharesOf>
  readonly #steps: TraceStep[] = []

  constructor(compiled: Compiled, k: number) {
    this.#shares = sharesOf(compiled)
    this.#leaves = compiled.leaves.filter((leaf) => this.#shares.has(leaf))
    this.#vocabulary = compiled.vocabulary
    this.#k = k
  }

  get trace(): TokenTrace {
    const shares = this.#leaves.map((leaf) => this.#shares.get(leaf))
    return {
      sources: this.#leaves.map((leaf) => leaf.name),
      roles: shares.map((share) => share?.role ?? ''),
      weights: shares.map((share) => share?.weight ?? null),
      steps: this.#steps,
    }
  }

  /** A token of the prefix: nobody was asked about it. */
  given(token: number): void {
    this.#steps.push({
      text: textOf(this.#vocabulary, token),
      id: token,
      entropy: 0,
      logprob: 0,
      origin: 'prefix',
      rejected: [],
      decidedBy: 0,
      top: [],
      sourceTop: this.#leaves.map(() => []),
    })
  }

  step(traced: TracedToken): void {
    this.#steps.push(this.look(traced))
  }

  /** What is known of a token, without writing it down. */
  look({ row, entropy, token, position, round, isDraft, rejected }: TracedToken): TraceStep {
    const rows = this.#leaves.map((leaf) => (leaf.isFresh(round) ? leaf.row(position) : undefined))
    const top = topOf(row, this.#vocabulary, this.#k)
    const peers = rows.filter((leafRow, i) => leafRow !== undefined && !(this.#leaves[i] as Leaf).followsBytes) as Row[]
    return {
      text: textOf(this.#vocabulary, token),
      id: token,
      entropy,
      logprob: row.logprob(token),
      origin: isDraft ? 'draft' : 'target',
      rejected: rejected.map((id) => textOf(this.#vocabulary, id)),
      decidedBy: this.#decidedBy(rows, token),
      ...(peers.length > 1 ? { divergence: divergence(peers) } : {}),
      top,
      sourceTop: rows.map((leafRow, i) => {
        if (leafRow === row) return top // one model alone: its row is the result
        return leafRow ? topOf(leafRow, (this.#leaves[i] as Leaf).source.vocabulary, this.#k) : []
      }),
    }
  }

  /** The source that was asked, speaks for tokens (its weight is not below 0) and gave this one most; the first among equals. */
  #decidedBy(rows: readonly (Row | undefined)[], token: number): number {
    let best = 0
    let most = -Infinity
    rows.forEach((row, i) => {
      const leaf = this.#leaves[i] as Leaf
      if ((this.#shares.get(leaf)?.weight ?? 1) < 0) return
      const own = leaf.followsBytes ? leaf.tokenOf(this.#vocabulary.pieceBytes(token)) : token
      const logprob = row === undefined || own === undefined || row.isSilent ? -Infinity : row.logprob(own)
      if (logprob > most + 1e-6) {
        most = logprob
        best = i
      }
    })
    return best
  }
}

function topOf(row: Row, vocabulary: Vocabulary, k: number): Top {
  return Array.from(topK(row.values, k, row.max), (id) => [textOf(vocabulary, id), Math.exp(row.logprob(id))] as const)
}

const decoder = new TextDecoder()
/** how an end token is written */
export const endSign = '⏹'
export const textOf = (vocabulary: Vocabulary, token: number): string =>
  vocabulary.endTokens.includes(token) ? endSign : decoder.decode(vocabulary.pieceBytes(token))

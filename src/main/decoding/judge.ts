import { argmax, topK } from './distribution'
import { type Leaf, mergeEndTokens } from './leaf'
import type { Consultant, Continuation } from './operator'
import { type Row, RowSpace } from './row'
import type { EvaluateRequest, Runtime, TokenSequence, Vocabulary } from './source'

/** Rows that one question holds at once. */
const rowsAtOnce = 64

/**
 * Asks models about continuations of the text, each in a branch of its own that is thrown away: the judge about what would follow, the main model
 * about how a candidate goes on. All branches of a question go into one batch.
 */
export class Consultation implements Consultant {
  readonly #runtime: Runtime
  readonly #call: Parameters<Runtime['evaluate']>[1]
  readonly #judge: Leaf
  /** of the candidates */
  readonly #vocabulary: Vocabulary
  readonly #main: Leaf | undefined

  constructor(runtime: Runtime, call: Parameters<Runtime['evaluate']>[1], judge: Leaf, vocabulary: Vocabulary, main: Leaf | undefined) {
    this.#runtime = runtime
    this.#call = call
    this.#judge = judge
    this.#vocabulary = vocabulary
    this.#main = main
  }

  async choose(candidates: readonly Continuation[], question: string, labels: readonly string[]): Promise<number[][]> {
    const { vocabulary } = this.#judge
    const first = labels.map((label) => vocabulary.tokenize(label)[0] as number)
    const answers: number[][] = []
    await this.#ask(
      candidates.map((candidate) => ({ tokens: [...this.#tokensOf(candidate), ...vocabulary.tokenize(question)], rows: 1 })),
      (_, [row]) => {
        const scores = first.map((token) => row?.values[token] ?? -Infinity)
        const max = Math.max(...scores)
        const logZ = max + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - max), 0))
        answers.push(scores.map((score) => score - logZ))
      },
    )
    return answers
  }

  async likelihood(candidates: readonly Continuation[], text: string): Promise<{ nats: number; tokens: number }[]> {
    const asked = this.#judge.vocabulary.tokenize(text)
    const found: { nats: number; tokens: number }[] = []
    await this.#ask(
      candidates.map((candidate) => ({ tokens: [...this.#tokensOf(candidate), ...asked.slice(0, -1)], rows: asked.length })),
      (_, rows) => {
        const nats = rows.reduce((sum, row, i) => sum + row.logprob(asked[i] as number), 0)
        found.push({ nats, tokens: asked.length })
      },
    )
    return found
  }

  async spans(tokens: readonly number[], longest: number, gate: number): Promise<Continuation[]> {
    const main = this.#main
    if (main === undefined || longest <= 1) return tokens.map((token) => [token])
    const space = new RowSpace()
    const branches = tokens.map((token) => ({
      sequence: main.sequence.fork(),
      span: [token],
      isOpen: !main.vocabulary.endTokens.includes(token),
    }))
    const rows = space.rows(tokens.length, main.vocabulary.size)
    try {
      for (let length = 1; length < longest && branches.some(({ isOpen }) => isOpen); length++) {
        const open = branches.filter(({ isOpen }) => isOpen)
        await this.#evaluate(open.map(({ sequence, span }, i) => ({ sequence, tokens: span.slice(-1), rows: [(rows[i] as Row).values] })))
        open.forEach((branch, i) => {
          const row = rows[i] as Row
          mergeEndTokens(row.values, main.vocabulary.endTokens)
          row.touch()
          const best = argmax(row.values)
          branch.isOpen = !isDivergent(row, gate) && !main.vocabulary.endTokens.includes(best)
          if (branch.isOpen) branch.span.push(best)
        })
      }
      return branches.map(({ span }) => span)
    } finally {
      for (const { sequence } of branches) sequence.dispose()
      space.release()
    }
  }

  /** A continuation in the judge's tokens: as they are where it shares the main vocabulary, else cut anew from the text. */
  #tokensOf(candidate: Continuation): readonly number[] {
    if (this.#judge.vocabulary.fingerprint === this.#vocabulary.fingerprint) return candidate
    const bytes = candidate.flatMap((token) => [...this.#vocabulary.pieceBytes(token)])
    return this.#judge.vocabulary.tokenize(new TextDecoder().decode(Uint8Array.from(bytes)))
  }

  /** Evaluates each continuation in a branch of the judge, as many at once as rows allow, and shows its last rows. */
  async #ask(
    questions: readonly { readonly tokens: readonly number[]; readonly rows: number }[],
    show: (i: number, rows: readonly Row[]) => void,
  ): Promise<void> {
    const { sequence, tokens, vocabulary } = this.#judge
    const unread = tokens.slice(sequence.length)
    if (unread.length > 0) await this.#evaluate([{ sequence, tokens: unread, rows: [] }])
    const space = new RowSpace()
    try {
      const perQuestion = Math.max(1, ...questions.map(({ rows }) => rows))
      const group = Math.max(1, Math.floor(rowsAtOnce / perQuestion))
      const rows = Array.from({ length: Math.min(group, questions.length) }, () => space.rows(perQuestion, vocabulary.size))
      for (let start = 0; start < questions.length; start += group) {
        await this.#askGroup(questions.slice(start, start + group), rows, (i, some) => show(start + i, some))
      }
    } finally {
      space.release()
    }
  }

  async #askGroup(
    questions: readonly { readonly tokens: readonly number[]; readonly rows: number }[],
    rows: readonly (readonly Row[])[],
    show: (i: number, rows: readonly Row[]) => void,
  ): Promise<void> {
    const forks: TokenSequence[] = questions.map(() => this.#judge.sequence.fork())
    try {
      const wanted = questions.map(({ rows: count }, i) => (rows[i] as readonly Row[]).slice(0, count))
      await this.#evaluate(
        questions.map(({ tokens }, i) => ({
          sequence: forks[i] as TokenSequence,
          tokens,
          rows: (wanted[i] as Row[]).map((row) => row.values),
        })),
      )
      wanted.forEach((some, i) => {
        for (const row of some) row.touch()
        show(i, some)
      })
    } finally {
      for (const fork of forks) fork.dispose()
    }
  }

  #evaluate(requests: readonly EvaluateRequest[]): Promise<void> {
    return this.#runtime.evaluate(requests, this.#call)
  }
}

/** Is more than one token plausible: the second at least `gate` times as likely as the first? */
export function isDivergent(row: Row, gate: number): boolean {
  const [first, second] = topK(row.values, 2)
  if (first === undefined || second === undefined) return false
  return (row.values[second] as number) >= (row.values[first] as number) + Math.log(gate) - 1e-6
}

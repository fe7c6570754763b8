import { meetsToken, type TokenCondition, tellTokenCondition } from '../../shared/run/token-break'
import { disagree } from '../../shared/trace/trace'
import type { DecodeCall, TraceStep } from '../models/model'
import type { Compiled } from './compile'
import { entropy } from './distribution'
import type { Output } from './output'
import { idsByPiece, keyOf } from './retokeniser'
import type { TokenConstraint } from './source'
import { endSign, type TracedToken, Tracer, textOf } from './trace'

/** candidates of each source that are shown while a text is held */
const shownCandidates = 8
const tailLength = 4000

/** A token that was drawn, and where. */
type Sight = Omit<TracedToken, 'entropy'>

interface HolderParts {
  readonly hold: NonNullable<DecodeCall['hold']>
  readonly compiled: Compiled
  readonly output: Output
  readonly constraint: TokenConstraint | undefined
  readonly signal: AbortSignal
}

/**
 * Asks a person before a token is written, where they want to be asked. The token has been drawn already: who lets it go on gets the text that there
 * would be without a pause. Another token takes its place as a draft's refusal would: all models follow what was written.
 */
export class Holder {
  readonly #parts: HolderParts
  readonly #tracer: Tracer
  #isStepping = false

  constructor(parts: HolderParts) {
    this.#parts = parts
    this.#tracer = new Tracer(parts.compiled, shownCandidates)
  }

  /** The token to write: `traced.token`, or the one that the person chose instead. */
  async ask(traced: Sight): Promise<number> {
    const { hold, output, signal } = this.#parts
    const reason = this.#reason(traced)
    if (reason === undefined) return traced.token
    const { id, top, sourceTop, ...token } = this.#look(traced)
    // The text may end here, however unlikely that is.
    const known = [...[top, ...sourceTop].flatMap((list) => list.map(([text]) => text)), endSign]
    const ids = new Map(known.flatMap((text) => this.#idOf(text, traced)))
    const { sources, roles = [], weights = [] } = this.#tracer.trace
    const { choice, step } = await hold.ask(
      {
        text: output.text.slice(-tailLength),
        tokens: output.tokens.length,
        sources: sources.map((name, i) => ({ name, role: roles[i] ?? '', weight: weights[i] ?? null })),
        token: { ...token, divergence: token.divergence ?? null, disagree: disagree(sourceTop) },
        lists: { id, top, sourceTop },
        choices: [...ids.keys()],
      },
      reason,
    )
    signal.throwIfAborted()
    this.#isStepping = step
    return (choice === undefined ? undefined : ids.get(choice)) ?? traced.token
  }

  #look(sight: Sight): TraceStep {
    return this.#tracer.look({ ...sight, entropy: entropy(sight.row) })
  }

  #reason(traced: Sight): string | undefined {
    const { hold, output, compiled } = this.#parts
    const met = hold.when.find((condition: TokenCondition) =>
      meetsToken(condition, {
        number: output.tokens.length + 1,
        token: textOf(compiled.vocabulary, traced.token),
        before: output.text,
        entropy: () => entropy(traced.row),
        disagree: () => disagree(this.#look(traced).sourceTop),
      }),
    )
    if (met) return tellTokenCondition(met)
    return this.#isStepping ? 'token by token' : undefined
  }

  /** A candidate as a token of the result; nothing where its bytes are none there, or a schema forbids it. */
  #idOf(text: string, { token }: Sight): readonly (readonly [string, number])[] {
    const { vocabulary } = this.#parts.compiled
    const byText = () => (text === endSign ? vocabulary.endTokens[0] : idsByPiece(vocabulary).get(keyOf(encoder.encode(text))))
    const id = text === textOf(vocabulary, token) ? token : byText()
    return id === undefined || this.#parts.constraint?.allows(id) === false ? [] : [[text, id]]
  }
}

const encoder = new TextEncoder()

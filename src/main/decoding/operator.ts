import type { DerivedStore } from '../../shared/derived-store'
import type { ParamSpec, ParamValue } from '../../shared/node-spec'
import type { Row, RowSpace } from './row'
import type { TokenEmbeddings, Vocabulary } from './source'

/**
 * An operator makes one row of scores out of rows of scores, at one position. It is pure: no clock, no randomness, no model.
 * One operator a file in `operators/`; the catalog finds it, and it appears as a node with `distribution` wires.
 */
export interface OperatorSpec {
  /** kebab-case; equals the file's name; the node's type is `op-<name>` */
  readonly name: string
  readonly title: string
  /** one plain sentence */
  readonly summary: string
  /** as `NodeSpec.formula` */
  readonly formula: string
  /** Markdown: formula, when it helps, what it costs, edges */
  readonly help: string
  readonly synonyms?: readonly string[]
  readonly family: 'ensemble' | 'cooperation'
  readonly survey?: string
  readonly paper?: string
  /** ids of resources/systems.json */
  readonly systems?: readonly string[]
  readonly inputs: { readonly [port: string]: OperatorInput }
  readonly params: { readonly [name: string]: ParamSpec }
  /** the param shown on the node itself */
  readonly face?: string
  /** for operators with a `bridge`: the port whose vocabulary the result has, or `union`. Without it all inputs need one vocabulary. */
  readonly result?: string
}

/** Tokens, in the vocabulary of the operator, that may come next. */
export type Continuation = readonly number[]

/** Questions about continuations of the text so far. */
export interface Consultant {
  /** The judge reads each continuation and the question; log-probabilities of the labels' first tokens among each other. */
  choose(candidates: readonly Continuation[], question: string, labels: readonly string[]): Promise<number[][]>
  /** log p of a text after each continuation under the judge, and its tokens. */
  likelihood(candidates: readonly Continuation[], text: string): Promise<readonly { readonly nats: number; readonly tokens: number }[]>
  /** Each token continued greedily by the main model until more than one token is plausible (second ≥ gate · first), at most `longest` in all. */
  spans(tokens: readonly number[], longest: number, gate: number): Promise<readonly Continuation[]>
}

/** The prompt of an input's first model. */
export interface PromptOf {
  readonly name: string
  readonly vocabulary: Vocabulary
  readonly tokens: readonly number[]
}

/**
 * Reads prompts of equal length in step, from token `from` on, and shows the rows after each token but the last: `rows[i]` are the scores
 * of prompt i for its token `position + 1`.
 */
export type Sweep = (prompts: readonly PromptOf[], from: number, visit: (position: number, rows: readonly Row[]) => void) => Promise<void>

/** What takes an operator from the vocabularies of its inputs to that of its result. */
export interface Bridge {
  readonly vocabulary: Vocabulary
  readonly data: unknown
}

export interface BridgeTools<Port extends PropertyKey = string> {
  /** where its buffers come from */
  readonly space: RowSpace
  /** of each input's first model */
  readonly embeddings: { readonly [P in Port]: readonly (() => TokenEmbeddings)[] }
  /** for what takes long: it is told how far it is, and asked to stop */
  readonly work: LongWork
  readonly derived: DerivedStore | undefined
}

export interface LongWork {
  readonly signal: AbortSignal
  progress(done: number, total: number): void
}

export interface OperatorInput {
  readonly arity: 'one' | 'optional' | 'some'
  readonly summary: string
  /** true: evaluated only at positions where `wants` names it */
  readonly lazy?: boolean
  /** judge: a single model that only `consult` asks; its row is never computed */
  readonly role?: 'judge'
}

type RowsOf<I extends OperatorInput> = I extends { arity: 'some' }
  ? readonly Row[]
  : I extends { arity: 'optional' }
    ? Row | undefined
    : Row

export type OperatorRows<S extends OperatorSpec> = { readonly [P in keyof S['inputs']]: RowsOf<S['inputs'][P]> }
export type OperatorParams<S extends OperatorSpec> = { readonly [P in keyof S['params']]: ParamValue<S['params'][P]> }

export interface Step<S extends OperatorSpec, State> {
  /** rows of the inputs; they are read, never written. A lazy input that `wants` did not name is absent. */
  readonly inputs: OperatorRows<S>
  readonly params: OperatorParams<S>
  readonly state: State
  /** `data` of the operator's bridge, or what its `prepare` gave */
  readonly bridge: unknown
  /** what `consult` found at this position */
  readonly advice: unknown
}

export interface OperatorWork<S extends OperatorSpec, State> {
  /** Before decoding: refuses params that do not fit, with a TributaryError. `counts`: inputs per port. */
  check?(params: OperatorParams<S>, counts: { readonly [P in keyof S['inputs']]: number }): void
  /** For operators on unlike vocabularies: made once before decoding. */
  bridge?(
    vocabularies: { readonly [P in keyof S['inputs']]: readonly Vocabulary[] },
    params: OperatorParams<S>,
    tools: BridgeTools<keyof S['inputs']>,
  ): Bridge | Promise<Bridge>
  /** For operators that look at the prompts first: called once, before the first token. What it gives is `bridge` of every step. */
  prepare?(prompts: { readonly [P in keyof S['inputs']]: readonly PromptOf[] }, params: OperatorParams<S>, sweep: Sweep): Promise<unknown>
  /** For operators with a judge: asked at each position, before `apply`. What it gives is `advice`. Such operators take no drafter. */
  consult?(step: Step<S, State>, consultant: Consultant): Promise<unknown>
  /** Branches, and tokens beyond the output, that `consult` needs of judge and main model. */
  reserve?(params: OperatorParams<S>): { readonly branches: number; readonly tokens: number }
  /** The lazy ports needed at this position, judged from the others. */
  wants?(step: Step<S, State>): readonly (keyof S['inputs'])[]
  /** Writes `out.values` (scores need not be normalised) and calls `out.touch()`, or `out.touch(0)` where they are log-probabilities. */
  apply(step: Step<S, State>, out: Row): void
  /**
   * For the trace: with what weight each input enters the result, where that is the same for every token: shares of a mixture, factors of scores.
   * Without it the trace says that weights change.
   */
  weights?(of: {
    readonly params: OperatorParams<S>
    readonly counts: { readonly [P in keyof S['inputs']]: number }
    readonly bridge: unknown
  }): { readonly [P in keyof S['inputs']]?: readonly number[] }
  /** State before the first token of the output; frozen values, so that positions can be tried and left again. */
  start?(params: OperatorParams<S>): State
  /** State after `token` was emitted at the position of `step`. */
  next?(step: Step<S, State>, token: number): State
}

/** An operator with the types of its spec forgotten, as the compiler and the catalog hold it. */
export interface Operator {
  readonly spec: OperatorSpec
  readonly work: OperatorWork<OperatorSpec, unknown>
}

/** `spec` keeps its literal types: rows and params of the work are inferred from it and checked. */
export function defineOperator<const S extends OperatorSpec, State = undefined>(spec: S, work: OperatorWork<S, State>): Operator {
  return { spec, work: work as unknown as OperatorWork<OperatorSpec, unknown> }
}

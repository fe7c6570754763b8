import type { Json } from './json'
import type { PerWire } from './per-wire'
import type { WireData } from './value'
import type { WireKind } from './wire'

/**
 * A node spec is plain JSON: the palette, the form, the help, validation, planning and the command line are drawn from it.
 * The file of a node default-exports `defineNode(spec, run)`; the catalog finds it and checks it at start.
 */

export type NodeFamily = 'io' | 'merging' | 'ensemble' | 'cooperation' | 'flow'

export interface InputPort {
  readonly wire: WireKind
  /** one: needs a wire · optional: may stay open · many: any number, in `#order` · some: at least one */
  readonly arity: 'one' | 'optional' | 'many' | 'some'
  readonly summary: string
  /** what people read in place of the name; absent: the name in words (`names.ts`) */
  readonly title?: string
  /** true: the port takes a list whole; otherwise a list is mapped over */
  readonly takesList?: boolean
  /** which parts of a value are read here, always or by the value of a param (neutral, for values that are not named: none); absent: all of them */
  readonly asks?:
    | { readonly all: readonly string[] }
    | { readonly param: string; readonly by: { readonly [value: string]: readonly string[] } }
}

export interface OutputPort {
  readonly wire: WireKind
  readonly summary: string
  /** what people read in place of the name; absent: the name in words (`names.ts`) */
  readonly title?: string
  /** true: the output is a list of values of this kind */
  readonly list?: boolean
  /** true: only those parts need be there that the readers of its wires ask for */
  readonly heedsAsked?: boolean
}

interface ParamBase {
  readonly summary: string
  readonly title?: string
  /** shown only when another param has one of these values */
  readonly when?: { readonly param: string; readonly in: readonly Json[] }
  /** shown under "more" */
  readonly advanced?: boolean
}

export type ParamSpec = ParamBase &
  (
    | {
        readonly kind: 'number'
        readonly default: number
        readonly min?: number
        readonly max?: number
        readonly step?: number
        readonly integer?: boolean
        readonly unit?: string
      }
    | {
        readonly kind: 'text'
        readonly default: string
        readonly multiline?: boolean
        readonly placeholder?: string
        readonly perWire?: PerWire
      }
    | { readonly kind: 'boolean'; readonly default: boolean }
    | {
        readonly kind: 'choice'
        readonly default: string
        readonly options: readonly {
          readonly value: string
          readonly title: string
          readonly summary?: string
          /** what choosing it computes; written as `NodeSpec.formula` */
          readonly formula?: string
          /** more of it, in Markdown */
          readonly help?: string
          readonly paper?: string
          /** of a stochastic node: whether it draws anything with this choice; absent: it does */
          readonly stochastic?: boolean
        }[]
      }
    /** a model alias of the graph (`model:small`), or fed by a `model` wire; null: not chosen. `needs` filters what is offered: any one of several will do. */
    | {
        readonly kind: 'model'
        readonly default: null
        readonly needs: ModelNeed | readonly ModelNeed[]
        readonly optional?: boolean
      }
    /** a registered data source (`data:<id>`) or a shipped sample (`sample:<name>`), never a path; null: not chosen */
    | {
        readonly kind: 'resource'
        readonly default: null
        readonly accepts: readonly ('folder' | 'file' | 'dataset')[]
        /** may stay unchosen: something else stands in its place */
        readonly optional?: boolean
      }
    | { readonly kind: 'json'; readonly default: Json; readonly perWire?: PerWire }
  )

/** What a model can be asked for; `entailment` and `relevance` are those of encoders that read pairs (NLI models, rerankers). */
export type ModelNeed = 'text' | 'distribution' | 'embeddings' | 'weights' | 'entailment' | 'relevance' | 'comparison'

export interface NodeSpec {
  readonly type: string
  readonly version: number
  readonly title: string
  readonly family: NodeFamily
  /** one plain sentence: what it does */
  readonly summary: string
  /** more, in Markdown: how it works, when it helps, what it costs, edge cases */
  readonly help?: string
  /** What it computes, a line or two: `{param}` stands for the value of a param, `{param?text}` for a text where it is true (`formula.ts`). */
  readonly formula?: string
  /** other words people search for */
  readonly synonyms?: readonly string[]
  /** section of the survey "Merge, Ensemble, and Cooperate!" */
  readonly survey?: string
  readonly paper?: string
  /** ids of the published systems (resources/systems.json) that this node realises */
  readonly systems?: readonly string[]
  readonly inputs: { readonly [name: string]: InputPort }
  readonly outputs: { readonly [name: string]: OutputPort }
  readonly params: { readonly [name: string]: ParamSpec }
  /** `{{name}}` slots found in this text param become inputs of kind `wire` */
  readonly slots?: { readonly param: string; readonly wire: WireKind }
  /** this output has the kind that the named choice param says */
  readonly outputKindFrom?: { readonly output: string; readonly param: string }
  /** pure: cached by its inputs · reads-world: cached by a fingerprint of what it reads · writes-world: never cached, never run in a preview */
  readonly effect: 'pure' | 'reads-world' | 'writes-world'
  /** which resource the executor rations: cpu (short), io (files, network), model (model host), merge (merge worker) */
  readonly resource: 'cpu' | 'io' | 'model' | 'merge'
  /** draws random numbers: has a seed, which is part of its key */
  readonly stochastic?: boolean
  readonly streams?: boolean
  /** a container that runs an inner graph: the executor expands it */
  readonly container?: 'map' | 'loop' | 'subgraph'
  /** the param whose value is drawn on the node itself, editable in place */
  readonly face?: string
  readonly migrations?: readonly NodeMigration[]
}

/** Takes a node of version `from` to `from + 1`: renamed ports and params; anything lost is listed by the loader. Plain data, so that specs stay JSON. */
export interface NodeMigration {
  readonly from: number
  readonly renameParams?: { readonly [old: string]: string }
  readonly renameInputs?: { readonly [old: string]: string }
  readonly renameOutputs?: { readonly [old: string]: string }
  readonly setParams?: { readonly [name: string]: Json }
}

export type ParamValue<P extends ParamSpec> = P extends { kind: 'number' }
  ? number
  : P extends { kind: 'text' }
    ? string
    : P extends { kind: 'boolean' }
      ? boolean
      : P extends { kind: 'choice'; options: readonly { value: infer V }[] }
        ? V
        : P extends { kind: 'model'; optional: true }
          ? WireData['model'] | null
          : P extends { kind: 'model' }
            ? WireData['model']
            : P extends { kind: 'resource'; optional: true }
              ? string | null
              : P extends { kind: 'resource' }
                ? string
                : Json

export type InputValue<I extends InputPort> = I extends {
  takesList: true
  arity: 'many' | 'some'
}
  ? WireData[I['wire']][]
  : I extends { takesList: true }
    ? WireData[I['wire']][]
    : I extends { arity: 'many' | 'some' }
      ? WireData[I['wire']][]
      : I extends { arity: 'optional' }
        ? WireData[I['wire']] | undefined
        : WireData[I['wire']]

export type OutputValue<O extends OutputPort> = O extends { list: true } ? WireData[O['wire']][] : WireData[O['wire']]

export type ParamValues<S extends NodeSpec> = {
  readonly [K in keyof S['params']]: ParamValue<S['params'][K]>
}
export type InputValues<S extends NodeSpec> = {
  readonly [K in keyof S['inputs']]: InputValue<S['inputs'][K]>
}
export type OutputValues<S extends NodeSpec> = {
  readonly [K in keyof S['outputs']]: OutputValue<S['outputs'][K]>
}

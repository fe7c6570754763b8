import type { WeightsExpression } from '../shared/expression'
import type { Asked } from '../shared/graph/asked'
import type { JsonObject } from '../shared/json'
import type { InputValues, NodeSpec, OutputValues, ParamValues } from '../shared/node-spec'
import type { Dataset, Document, ModelRef } from '../shared/value'
import type { Call, Decoded, DecodeProgram, LanguageModel } from './models/model'

/**
 * What a node is and what it may do. A node sees this context and nothing else: no global, no path, no database.
 * All randomness comes from `seed`; all long work listens to `signal`.
 */
export interface RunContext {
  readonly nodeId: string
  readonly signal: AbortSignal
  /** which parts of its outputs are read, of nodes that heed it; an output that is not named: all of them */
  readonly asked?: Asked | undefined
  /** uint32; equal seeds, inputs and models give equal results */
  readonly seed: number
  readonly models: NodeModels
  /** work done so far, for the progress bar; `unit` is a plural noun. Texts that models are asked for together count by themselves, between two of these. */
  progress(done: number, total: number, unit: string): void
  /** a number measured on the way, for plots: a search tells the loss of every candidate, and where it lies */
  metric(name: string, value: number, of?: { readonly step: number; readonly point: readonly number[] }): void
  /** text that the node shows while it works (replaced by its output at the end) */
  stream(delta: string): void
  /** a sentence that the person should see; the node still succeeds */
  warn(message: string): void
  readonly blobs: Blobs
  readonly resources: Resources
  readonly weights: WeightsRuntime
}

/** The model pool, bound to this node: events, time and leases are accounted to it; `signal` is implied. */
export interface NodeModels {
  open(ref: ModelRef): Promise<LanguageModel>
  readonly call: Call
  /** Decodes and streams its text into the node. */
  decode(program: DecodeProgram): Promise<Decoded>
  /** The same for many texts that nobody watches, side by side (`ModelPool.decodeAll`): for answers that are counted. */
  decodeAll(programs: readonly DecodeProgram[]): Promise<Decoded[]>
}

/** Content-addressed bytes that outlive the run (indexes, traces, merged files' recipes). The key is the SHA-256 of the bytes. */
export interface Blobs {
  put(bytes: Uint8Array): Promise<string>
  get(key: string): Promise<Uint8Array>
  /** the file that holds it, its bytes checked: for what is better not held whole; neutral: there is no such file */
  path?(key: string): Promise<string>
  /** Keeps what `write` leaves in the file at the path that it is given: for what is better not held whole. Throws `disk-full` where `bytes` do not fit. Neutral: `put` */
  fill?(bytes: number, write: (path: string) => Promise<void>): Promise<string>
}

/** Data that a person chose (a folder by dialog, a file by upload) or that ships with the application. */
export interface Resources {
  /** A fingerprint of what `id` holds now; the key of nodes that read it. */
  fingerprint(id: string): Promise<string>
  documents(id: string, signal: AbortSignal): Promise<Document[]>
  dataset(id: string, signal: AbortSignal): Promise<Dataset>
  /** all bytes of one file, and its name; at most 64 MB */
  file(id: string): Promise<{ readonly name: string; readonly bytes: Uint8Array }>
}

export type WithCandidate = <T>(
  request: WriteModelRequest,
  call: { readonly signal: AbortSignal },
  use: (model: ModelRef) => Promise<T>,
) => Promise<T>

/** Evaluates weights expressions in the merge worker. */
export interface WeightsRuntime {
  /** Writes a candidate outside the library, lends it to `use`, and deletes it. */
  withCandidate?: WithCandidate
  /**
   * For searches that judge many merges and keep one: lends a `withCandidate` whose candidates lie in one file, one after the other, of which only those tensors
   * are written that the next one has otherwise. The file goes when `use` ends.
   */
  withScratch?<T>(use: (withCandidate: WithCandidate) => Promise<T>): Promise<T>
  /** Writes a GGUF into the shelf and returns it as a model. Streaming, seeded, atomic; equal recipes give equal bytes. */
  write(
    request: WriteModelRequest,
    call: {
      signal: AbortSignal
      onProgress(done: number, total: number): void
    },
  ): Promise<WrittenModel>
  /** Lends a file to `use` and deletes it. Every call has a path of its own. */
  withFile?<T>(name: string, bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T>
  /** what candidates of searches were judged at before */
  readonly judged?: JudgedCandidates
  /** The diagonal of the Fisher information of a Llama-type model, exactly, in a thread of its own, as a table in a file. Throws `model-unsupported` for others. */
  fisher?(request: FisherRequest, call: { signal: AbortSignal; onProgress(done: number, total: number): void }): Promise<FisherFound>
  /** Opens and checks the sources of an expression; computes nothing. */
  outline?(expression: WeightsExpression, blobs?: Pick<Blobs, 'get' | 'path'>): Promise<DescribedModel>
  /** The difference of two model files as products of thin matrices, in a thread of its own. */
  extract?(
    request: ExtractRequest,
    call: { signal: AbortSignal; onProgress(done: number, total: number): void },
  ): Promise<ExtractFound & { readonly warnings: readonly string[] }>
  /** Keeps what a check found beside the file of a model that was merged here; of other models nothing is kept. */
  keepCheck?(model: ModelRef, found: JsonObject): Promise<void>
  /** Writes the files of an adapter into a folder of their own beside the models; gives the folder, and an id for each by which nodes can choose it. */
  keepAdapter?(adapter: {
    readonly name: string
    readonly files: Readonly<Record<string, Uint8Array>>
  }): Promise<{ readonly folder: string; readonly files: readonly string[] }>
}

/** The model that an expression gives, as far as headers tell. */
export interface DescribedModel {
  readonly architecture: string
  readonly blocks: number
  readonly width: number
  readonly heads: number
  readonly kvHeads: number
  readonly headSize: number
  /** innermost dimension first */
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[]
}

export interface ExtractRequest {
  readonly tuned: ModelRef
  readonly base: ModelRef
  readonly rank: number
  /** the share of a matrix's squared change that is enough, in 0..1 */
  readonly energy: number
  /** the embedding and the output head too */
  readonly outer: boolean
  readonly seed: number
  /** kept with the result: what extracted it */
  readonly made: JsonObject
}

export interface ExtractedMatrix {
  readonly matrix: string
  readonly rank: number
  /** Frobenius norms of the change, and of what the product misses */
  readonly change: number
  readonly error: number
}

export interface ExtractFound {
  /** a table of `loraA` and `loraB` */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly matrices: readonly ExtractedMatrix[]
  /** norms of the change of tensors that the products leave out: vectors, and what was not asked for */
  readonly left: readonly { readonly tensor: string; readonly change: number }[]
}

/** Losses by the hash of what was judged, kept over restarts. */
export interface JudgedCandidates {
  get(key: string): number | undefined
  put(key: string, loss: number): void
}

export interface FisherRequest {
  readonly model: ModelRef
  /** tokens of each text; those from `first` on are what the model is judged by */
  readonly texts: readonly { readonly tokens: readonly number[]; readonly first: number }[]
  /** drawn from the model itself (Fisher information), or the texts' own tokens (the empirical one) */
  readonly labels: 'sampled' | 'observed'
  readonly seed: number
  /** kept with the result: what measured it */
  readonly made: JsonObject
  /** the table becomes this file: `fisher` of every tensor, `heads` and `units` */
  readonly path: string
}

export interface FisherFound {
  /** tokens predicted, and their −log p in all */
  readonly scored: number
  readonly nats: number
}

export interface WriteModelRequest {
  readonly expression: WeightsExpression
  readonly name: string
  /** `keep`: each tensor as in the first source; otherwise a ggml type such as `F16`, `F32`, `BF16`, `Q8_0` */
  readonly dtype: string
  readonly recipe: JsonObject
  /** where statistics that the expression names are read */
  readonly blobs?: Pick<Blobs, 'get' | 'path'>
  /** blob of statistics with energies: which columns matter most when the result is quantized */
  readonly importance?: string
  /** one GGUF file, or the folder of a checkpoint in Hugging Face's layout; neutral: gguf */
  readonly format?: 'gguf' | 'safetensors'
  /** of safetensors: no file of several tensors is larger */
  readonly shardBytes?: number
}

export interface WrittenModel {
  readonly model: ModelRef
  readonly sizeBytes: number
  readonly tensors: number
  readonly ms: number
  /** sentences about the sources that the person should see */
  readonly warnings?: readonly string[]
}

export interface RunArguments<S extends NodeSpec> {
  readonly inputs: InputValues<S>
  readonly params: ParamValues<S>
  readonly context: RunContext
  /** values of the `{{slot}}` inputs, where the spec declares slots */
  readonly slots: Readonly<Record<string, unknown>>
}

export type RunNode<S extends NodeSpec> = (args: RunArguments<S>) => Promise<OutputValues<S>> | OutputValues<S>

/** A node as the catalog holds it: its spec and its work, with the types of the spec forgotten. */
export interface NodeDefinition {
  readonly spec: NodeSpec
  readonly run: (args: RunArguments<NodeSpec>) => Promise<Record<string, unknown>> | Record<string, unknown>
}

/** `spec` keeps its literal types, so that inputs, params and outputs of `run` are inferred from it and checked. */
export function defineNode<const S extends NodeSpec>(spec: S, run: RunNode<S>): NodeDefinition {
  return {
    spec,
    run: (args) => run(args as unknown as RunArguments<S>) as Promise<Record<string, unknown>> | Record<string, unknown>,
  }
}

import koffi, { type LibraryHandle, type TypeObject } from 'koffi'
import type { Bytes, ContextParams, ModelParams, NativeBatch, Pointer, TokenDataArray } from './native-types'
import * as structs from './structs'

interface Async<Args extends unknown[], Result> {
  (...args: Args): Result
  async(...args: [...Args, (error: unknown, result: Result) => void]): void
}

/** The functions of libllama that we call, typed as JavaScript sees them. Handles are addresses; every owner frees its own. */
export interface LlamaFunctions {
  llama_version(): string
  llama_model_default_params(): ModelParams
  llama_context_default_params(): ContextParams
  llama_model_load_from_file: Async<[path: string, params: ModelParams], Pointer>
  llama_model_free(model: Pointer): void
  /** must stand before the contexts that use it are made; freed with its model. null: no adapter of this model */
  llama_adapter_lora_init(model: Pointer, path: string): Pointer
  /** in place of those that were set before; 0: done */
  llama_set_adapters_lora(context: Pointer, adapters: Bytes, count: number, scales: Bytes): number
  llama_init_from_model: Async<[model: Pointer, params: ContextParams], Pointer>
  llama_free(context: Pointer): void
  llama_n_ctx(context: Pointer): number
  llama_set_n_threads(context: Pointer, threads: number, batchThreads: number): void
  llama_attach_threadpool(context: Pointer, pool: Pointer, batchPool: Pointer): void
  llama_detach_threadpool(context: Pointer): void
  llama_get_memory(context: Pointer): Pointer
  llama_pooling_type(context: Pointer): number
  llama_model_get_vocab(model: Pointer): Pointer
  llama_model_n_ctx_train(model: Pointer): number
  llama_model_n_embd(model: Pointer): number
  llama_model_n_embd_out(model: Pointer): number
  llama_model_n_layer(model: Pointer): number
  llama_model_n_head(model: Pointer): number
  llama_model_n_head_kv(model: Pointer): number
  llama_model_n_cls_out(model: Pointer): number
  /** null where the file names none */
  llama_model_cls_label(model: Pointer, label: number): string | null
  llama_model_size(model: Pointer): number
  llama_model_meta_val_str(model: Pointer, key: string, buffer: Bytes, size: number): number
  llama_model_chat_template(model: Pointer, name: string | null): string | null
  llama_model_has_encoder(model: Pointer): boolean
  llama_model_has_decoder(model: Pointer): boolean
  llama_model_is_recurrent(model: Pointer): boolean
  llama_model_is_hybrid(model: Pointer): boolean
  llama_model_is_diffusion(model: Pointer): boolean
  llama_vocab_type(vocab: Pointer): number
  llama_vocab_n_tokens(vocab: Pointer): number
  llama_vocab_is_eog(vocab: Pointer, token: number): boolean
  llama_vocab_is_control(vocab: Pointer, token: number): boolean
  llama_vocab_bos(vocab: Pointer): number
  llama_vocab_eos(vocab: Pointer): number
  llama_vocab_get_add_bos(vocab: Pointer): boolean
  llama_vocab_get_add_eos(vocab: Pointer): boolean
  llama_vocab_get_text(vocab: Pointer, token: number): string
  llama_tokenize(vocab: Pointer, text: Bytes, length: number, tokens: Bytes, max: number, special: boolean, parse: boolean): number
  llama_token_to_piece(vocab: Pointer, token: number, buffer: Bytes, length: number, strip: number, special: boolean): number
  llama_memory_clear(memory: Pointer, data: boolean): void
  llama_memory_seq_rm(memory: Pointer, sequence: number, from: number, to: number): boolean
  llama_memory_seq_cp(memory: Pointer, source: number, target: number, from: number, to: number): void
  llama_memory_seq_pos_max(memory: Pointer, sequence: number): number
  llama_decode: Async<[context: Pointer, batch: NativeBatch], number>
  llama_encode: Async<[context: Pointer, batch: NativeBatch], number>
  llama_get_logits_ith(context: Pointer, index: number): Pointer
  llama_get_embeddings_seq(context: Pointer, sequence: number): Pointer
  llama_sampler_init_grammar(vocab: Pointer, grammar: string, root: string): Pointer
  llama_sampler_apply(sampler: Pointer, candidates: TokenDataArray): void
  llama_sampler_accept(sampler: Pointer, token: number): void
  llama_sampler_clone(sampler: Pointer): Pointer
  llama_sampler_free(sampler: Pointer): void
}

/** The functions of libggml-base that we call. */
export interface GgmlFunctions {
  ggml_get_type_traits(type: number): Pointer
  ggml_blck_size(type: number): number
  ggml_type_size(type: number): number
  ggml_row_size(type: number, elements: number): number
  ggml_quantize_requires_imatrix(type: number): boolean
  ggml_quantize_chunk(type: number, source: Bytes, target: Bytes, start: number, rows: number, columns: number, imatrix: Bytes): number
  ggml_backend_tensor_get(tensor: Pointer, target: Bytes, offset: number, size: number): void
  ggml_backend_tensor_set(tensor: Pointer, source: Bytes, offset: number, size: number): void
  /** what a tensor is computed by, such as `MUL_MAT` */
  ggml_op_desc(tensor: Pointer): string
}

export interface ThreadPoolParams {
  cpumask: boolean[]
  n_threads: number
  prio: number
  poll: number
  strict_cpu: boolean
  paused: boolean
}

/** Of ggml's backend for the processor, which lies in another library on every kind of processor: found through ggml's own registry. */
export interface ThreadPoolFunctions {
  threadPoolParams(threads: number): ThreadPoolParams
  newThreadPool(params: ThreadPoolParams): Pointer
  freeThreadPool(pool: Pointer): void
}

export interface Binding extends LlamaFunctions, GgmlFunctions, ThreadPoolFunctions {
  /** Copies `bytes` bytes; the ranges must not overlap. Views are used in place. */
  copyMemory(target: Bytes, source: Bytes, bytes: number): void
  /** Lets the calling thread run on these processors only. Does nothing where the system is not Linux. */
  placeThread(processors: readonly number[]): void
  /** `bool ggml_is_empty(const ggml_tensor *)`: reads a flag out of memory without calling JavaScript; see `abort-flag.ts` */
  readonly isEmptyFunction: Pointer
}

const p = 'void *'
type Signature = readonly [result: string | TypeObject, ...args: (string | TypeObject)[]]

const llamaSignatures: Record<keyof LlamaFunctions, Signature> = {
  llama_version: ['str'],
  llama_model_default_params: [structs.modelParams],
  llama_context_default_params: [structs.contextParams],
  llama_model_load_from_file: [p, 'str', structs.modelParams],
  llama_model_free: ['void', p],
  llama_adapter_lora_init: [p, p, 'str'],
  llama_set_adapters_lora: ['int32_t', p, p, 'size_t', p],
  llama_init_from_model: [p, p, structs.contextParams],
  llama_free: ['void', p],
  llama_n_ctx: ['uint32_t', p],
  llama_set_n_threads: ['void', p, 'int32_t', 'int32_t'],
  llama_attach_threadpool: ['void', p, p, p],
  llama_detach_threadpool: ['void', p],
  llama_get_memory: [p, p],
  llama_pooling_type: ['int32_t', p],
  llama_model_get_vocab: [p, p],
  llama_model_n_ctx_train: ['int32_t', p],
  llama_model_n_embd: ['int32_t', p],
  llama_model_n_embd_out: ['int32_t', p],
  llama_model_n_layer: ['int32_t', p],
  llama_model_n_head: ['int32_t', p],
  llama_model_n_head_kv: ['int32_t', p],
  llama_model_n_cls_out: ['uint32_t', p],
  llama_model_cls_label: ['str', p, 'uint32_t'],
  llama_model_size: ['uint64_t', p],
  llama_model_meta_val_str: ['int32_t', p, 'str', p, 'size_t'],
  llama_model_chat_template: ['str', p, 'str'],
  llama_model_has_encoder: ['bool', p],
  llama_model_has_decoder: ['bool', p],
  llama_model_is_recurrent: ['bool', p],
  llama_model_is_hybrid: ['bool', p],
  llama_model_is_diffusion: ['bool', p],
  llama_vocab_type: ['int32_t', p],
  llama_vocab_n_tokens: ['int32_t', p],
  llama_vocab_is_eog: ['bool', p, 'int32_t'],
  llama_vocab_is_control: ['bool', p, 'int32_t'],
  llama_vocab_bos: ['int32_t', p],
  llama_vocab_eos: ['int32_t', p],
  llama_vocab_get_add_bos: ['bool', p],
  llama_vocab_get_add_eos: ['bool', p],
  llama_vocab_get_text: ['str', p, 'int32_t'],
  llama_tokenize: ['int32_t', p, p, 'int32_t', p, 'int32_t', 'bool', 'bool'],
  llama_token_to_piece: ['int32_t', p, 'int32_t', p, 'int32_t', 'int32_t', 'bool'],
  llama_memory_clear: ['void', p, 'bool'],
  llama_memory_seq_rm: ['bool', p, 'int32_t', 'int32_t', 'int32_t'],
  llama_memory_seq_cp: ['void', p, 'int32_t', 'int32_t', 'int32_t', 'int32_t'],
  llama_memory_seq_pos_max: ['int32_t', p, 'int32_t'],
  llama_decode: ['int32_t', p, structs.batch],
  llama_encode: ['int32_t', p, structs.batch],
  llama_get_logits_ith: [p, p, 'int32_t'],
  llama_get_embeddings_seq: [p, p, 'int32_t'],
  llama_sampler_init_grammar: [p, p, 'str', 'str'],
  llama_sampler_apply: ['void', p, koffi.inout(koffi.pointer(structs.tokenDataArray)) as unknown as TypeObject],
  llama_sampler_accept: ['void', p, 'int32_t'],
  llama_sampler_clone: [p, p],
  llama_sampler_free: ['void', p],
}

const ggmlSignatures: Record<keyof GgmlFunctions, Signature> = {
  ggml_get_type_traits: [p, 'int32_t'],
  ggml_blck_size: ['int64_t', 'int32_t'],
  ggml_type_size: ['size_t', 'int32_t'],
  ggml_row_size: ['size_t', 'int32_t', 'int64_t'],
  ggml_quantize_requires_imatrix: ['bool', 'int32_t'],
  ggml_quantize_chunk: ['size_t', 'int32_t', p, p, 'int64_t', 'int64_t', 'int64_t', p],
  ggml_backend_tensor_get: ['void', p, p, 'size_t', 'size_t'],
  ggml_backend_tensor_set: ['void', p, p, 'size_t', 'size_t'],
  ggml_op_desc: ['str', p],
}

/** Binds libllama and libggml-base at these paths: the libraries that this process has already loaded, never others. */
export function bindLibraries(paths: { readonly llamaPath: string; readonly ggmlPath: string; readonly registryPath: string }): Binding {
  const ggml = koffi.load(paths.ggmlPath)
  return {
    ...(bind(koffi.load(paths.llamaPath), llamaSignatures) as unknown as LlamaFunctions),
    ...bindGgml(ggml),
    ...bindThreadPools(ggml, koffi.load(paths.registryPath)),
    copyMemory: bindCopy(),
    placeThread: bindPlacement(),
    isEmptyFunction: ggml.symbol('ggml_is_empty') as Pointer,
  }
}

/** libggml-base alone: enough to convert tensors. */
export function bindGgml(library: LibraryHandle): GgmlFunctions {
  return bind(library, ggmlSignatures) as unknown as GgmlFunctions
}

function bind(library: LibraryHandle, signatures: Record<string, Signature>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(signatures).map(([name, [result, ...args]]) => [name, library.func(name, result, args)]))
}

const processorDevice = 0

function bindThreadPools(ggml: LibraryHandle, registry: LibraryHandle): ThreadPoolFunctions {
  const device = (registry.func('ggml_backend_dev_by_type', p, ['int32_t']) as unknown as (type: number) => Pointer)(processorDevice)
  const backend = (ggml.func('ggml_backend_dev_backend_reg', p, [p]) as unknown as (device: Pointer) => Pointer)(device)
  const find = ggml.func('ggml_backend_reg_get_proc_address', p, [p, 'str']) as unknown as (backend: Pointer, name: string) => Pointer
  const bound = (name: string, type: TypeObject): unknown => {
    const address = find(backend, name)
    if (address === null) throw new Error(`ggml's backend for the processor has no function ${name}`)
    return koffi.decode(address, type)
  }
  return {
    threadPoolParams: ggml.func('ggml_threadpool_params_default', structs.threadPoolParams, ['int32_t']) as unknown as (
      threads: number,
    ) => ThreadPoolParams,
    newThreadPool: bound('ggml_threadpool_new', structs.newThreadPool) as ThreadPoolFunctions['newThreadPool'],
    freeThreadPool: bound('ggml_threadpool_free', structs.freeThreadPool) as ThreadPoolFunctions['freeThreadPool'],
  }
}

function bindCopy(): Binding['copyMemory'] {
  const c = koffi.load(process.platform === 'win32' ? 'msvcrt.dll' : null)
  return c.func('memcpy', p, [p, p, 'size_t']) as unknown as Binding['copyMemory']
}

function bindPlacement(): Binding['placeThread'] {
  if (process.platform !== 'linux') return () => undefined
  const place = koffi.load(null).func('sched_setaffinity', 'int32_t', ['int32_t', 'size_t', p]) as unknown as (
    thread: number,
    bytes: number,
    mask: Bytes,
  ) => number
  return (processors) => {
    const mask = new Uint8Array(128)
    for (const processor of processors) mask[processor >> 3] = (mask[processor >> 3] ?? 0) | (1 << (processor & 7))
    place(0, mask.length, mask)
  }
}

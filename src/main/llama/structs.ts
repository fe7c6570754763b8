import koffi, { type TypeObject } from 'koffi'

/**
 * The C structs of llama.h and ggml.h at the pinned version, field by field in order. `layout.ts` checks them at start,
 * `structs.test.ts` against the header itself. Enums are int32, every pointer is an address.
 */
const pointer = 'void *'

export const modelParams: TypeObject = koffi.struct({
  devices: pointer,
  tensor_buft_overrides: pointer,
  n_gpu_layers: 'int32_t',
  split_mode: 'int32_t',
  load_mode: 'int32_t',
  lazy_mode: 'int32_t',
  main_gpu: 'int32_t',
  tensor_split: pointer,
  progress_callback: pointer,
  progress_callback_user_data: pointer,
  kv_overrides: pointer,
  vocab_only: 'bool',
  check_tensors: 'bool',
  use_extra_bufts: 'bool',
  no_host: 'bool',
  no_alloc: 'bool',
  load_mtp: 'bool',
})

export const contextParams: TypeObject = koffi.struct({
  n_ctx: 'uint32_t',
  n_batch: 'uint32_t',
  n_ubatch: 'uint32_t',
  n_seq_max: 'uint32_t',
  n_rs_seq: 'uint32_t',
  n_outputs_max: 'uint32_t',
  n_outputs_max_per_seq: 'uint32_t',
  n_threads: 'int32_t',
  n_threads_batch: 'int32_t',
  ctx_type: 'int32_t',
  rope_scaling_type: 'int32_t',
  pooling_type: 'int32_t',
  attention_type: 'int32_t',
  flash_attn_type: 'int32_t',
  rope_freq_base: 'float',
  rope_freq_scale: 'float',
  yarn_ext_factor: 'float',
  yarn_attn_factor: 'float',
  yarn_beta_fast: 'float',
  yarn_beta_slow: 'float',
  yarn_orig_ctx: 'uint32_t',
  defrag_thold: 'float',
  cb_eval: pointer,
  cb_eval_user_data: pointer,
  type_k: 'int32_t',
  type_v: 'int32_t',
  abort_callback: pointer,
  abort_callback_data: pointer,
  embeddings: 'bool',
  offload_kqv: 'bool',
  no_perf: 'bool',
  op_offload: 'bool',
  swa_full: 'bool',
  kv_unified: 'bool',
  samplers: pointer,
  n_samplers: 'size_t',
  ctx_other: pointer,
})

export const batch: TypeObject = koffi.struct({
  n_tokens: 'int32_t',
  token: pointer,
  embd: pointer,
  pos: pointer,
  n_seq_id: pointer,
  seq_id: pointer,
  logits: pointer,
})

export const tokenData: TypeObject = koffi.struct({ id: 'int32_t', logit: 'float', p: 'float' })

export const tokenDataArray: TypeObject = koffi.struct({ data: pointer, size: 'size_t', selected: 'int64_t', sorted: 'bool' })

export const typeTraits: TypeObject = koffi.struct({
  type_name: pointer,
  blck_size: 'int64_t',
  blck_size_interleave: 'int64_t',
  type_size: 'size_t',
  is_quantized: 'bool',
  to_float: pointer,
  from_float_ref: pointer,
})

/** GGML_MAX_DIMS 4, GGML_MAX_OP_PARAMS 64 bytes, GGML_MAX_SRC 10, GGML_MAX_NAME 64. */
export const tensor: TypeObject = koffi.struct({
  type: 'int32_t',
  buffer: pointer,
  ne: koffi.array('int64_t', 4),
  nb: koffi.array('size_t', 4),
  op: 'int32_t',
  op_params: koffi.array('int32_t', 16),
  flags: 'int32_t',
  src: koffi.array(pointer, 10),
  view_src: pointer,
  view_offs: 'size_t',
  data: pointer,
  name: koffi.array('char', 64),
  extra: pointer,
  padding: koffi.array('uint8_t', 8),
})

/** GGML_MAX_N_THREADS 512 */
export const threadPoolParams: TypeObject = koffi.struct({
  cpumask: koffi.array('bool', 512),
  n_threads: 'int32_t',
  prio: 'int32_t',
  poll: 'uint32_t',
  strict_cpu: 'bool',
  paused: 'bool',
})

// named: koffi finds the pointer to a type by the type's name, and gives two nameless types the same one at times
/** bool (*)(struct ggml_tensor *, bool ask, void *): ask = true: shall this tensor be observed? ask = false: here it is; true goes on */
export const evalCallback: TypeObject = koffi.proto('TributaryEvalCallback', 'bool', [pointer, 'bool', pointer])
/** bool (*)(float fraction, void *): false stops the load */
export const progressCallback: TypeObject = koffi.proto('TributaryProgressCallback', 'bool', ['float', pointer])
/** void (*)(const void *, float *, int64_t) */
export const toFloat: TypeObject = koffi.proto('TributaryTypeToFloat', 'void', [pointer, pointer, 'int64_t'])
/** struct ggml_threadpool *(*)(struct ggml_threadpool_params *) */
export const newThreadPool: TypeObject = koffi.proto('TributaryNewThreadPool', pointer, [koffi.pointer(threadPoolParams)])
/** void (*)(struct ggml_threadpool *) */
export const freeThreadPool: TypeObject = koffi.proto('TributaryFreeThreadPool', 'void', [pointer])

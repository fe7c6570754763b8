/** An address in this process; null is NULL. */
export type Pointer = bigint | null
export type Bytes = NodeJS.ArrayBufferView | Pointer

export interface ModelParams {
  n_gpu_layers: number
  split_mode: number
  load_mode: number
  lazy_mode: number
  progress_callback: Pointer
  vocab_only: boolean
  check_tensors: boolean
  use_extra_bufts: boolean
}

export interface ContextParams {
  n_ctx: number
  n_batch: number
  n_ubatch: number
  n_seq_max: number
  n_outputs_max: number
  n_outputs_max_per_seq: number
  n_threads: number
  n_threads_batch: number
  pooling_type: number
  flash_attn_type: number
  yarn_ext_factor: number
  type_k: number
  type_v: number
  cb_eval: Pointer
  abort_callback: Pointer
  abort_callback_data: Pointer
  embeddings: boolean
  offload_kqv: boolean
  op_offload: boolean
  swa_full: boolean
  kv_unified: boolean
  n_samplers: number
}

/** llama_batch: addresses of arrays that must outlive the call. */
export interface NativeBatch {
  n_tokens: number
  token: Pointer
  embd: Pointer
  pos: Pointer
  n_seq_id: Pointer
  seq_id: Pointer
  logits: Pointer
}

export interface TokenDataArray {
  data: Pointer
  size: number
  selected: number
  sorted: boolean
}

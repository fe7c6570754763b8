import type { DecoderFamily } from './decoder'
import { gemma } from './gemma'
import { gemma2 } from './gemma2'
import { gemma3 } from './gemma3'
import { llama } from './llama'
import { qwen2 } from './qwen2'
import { qwen3 } from './qwen3'

/** Families that are read and written, by what llama.cpp calls them. */
export const decoders: readonly DecoderFamily[] = [llama, qwen2, qwen3, gemma, gemma2, gemma3]

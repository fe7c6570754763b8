import { z } from 'zod'
import { TributaryError } from '../../../shared/errors'
import type { GgufValue } from '../gguf/types/header'
import { bpeVocabulary } from './bpe'
import type { Checkpoint } from './plan'
import { sentencePieceVocabulary } from './sentencepiece'

const byteLevel = z.looseObject({ model: z.looseObject({ type: z.literal('BPE'), byte_fallback: z.literal(false).nullish() }) })

/**
 * The vocabulary of a checkpoint as metadata of a GGUF: byte-level BPE (tokenizer.json), or SentencePiece (tokenizer.model, or a tokenizer.json that falls
 * back to bytes). `rows`: how many embeddings the model has; ids without a token are filled up as unused. Throws `model-unsupported` for other kinds.
 */
export function vocabularyOf(checkpoint: Checkpoint, rows: number): [string, GgufValue][] {
  if (byteLevel.safeParse(checkpoint.tokenizer).success) return bpeVocabulary(checkpoint, rows)
  return sentencePieceVocabulary(checkpoint, rows) ?? refuse(checkpoint)
}

function refuse({ name }: Checkpoint): never {
  throw new TributaryError(
    'model-unsupported',
    `The vocabulary of ${name} is neither byte-level BPE nor SentencePiece's byte pairs, the kinds that our converter knows here.`,
    { hint: 'Convert it with llama.cpp’s own converter and add the GGUF file.' },
  )
}

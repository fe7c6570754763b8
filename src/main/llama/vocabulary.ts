import type { Vocabulary } from '../decoding/source'
import type { Binding } from './binding'
import type { Pointer } from './native-types'

const noBytes = new Uint8Array(0)
/** LLAMA_VOCAB_TYPE_SPM puts a blank before a text; see `tokenize` */
const sentencePiece = 1

/** The tokens of a loaded model. Lives as long as the model. */
export class ModelVocabulary implements Vocabulary {
  readonly size: number
  readonly endTokens: readonly number[]
  readonly bos: number
  readonly addsBegin: boolean
  readonly #addsEnd: boolean
  readonly #pieces: (Uint8Array | undefined)[]
  #scratch = new Int32Array(1024)

  constructor(
    readonly binding: Binding,
    readonly pointer: Pointer,
    readonly fingerprint: string,
  ) {
    this.size = binding.llama_vocab_n_tokens(pointer)
    this.bos = binding.llama_vocab_bos(pointer)
    this.addsBegin = binding.llama_vocab_get_add_bos(pointer)
    this.#addsEnd = binding.llama_vocab_get_add_eos(pointer)
    this.#pieces = new Array(this.size)
    this.endTokens = this.#findEndTokens()
  }

  pieceBytes(token: number): Uint8Array {
    const known = this.#pieces[token]
    if (known) return known
    if (!Number.isInteger(token) || token < 0 || token >= this.size) throw new RangeError(`token ${token} is not in the vocabulary`)
    const piece = this.#readPiece(token, false)
    this.#pieces[token] = piece
    return piece
  }

  /** The text of a token; special tokens by their names. For control tokens that begin or end a text. */
  name(token: number): string {
    return token < 0 || token >= this.size ? '' : Buffer.from(this.#readPiece(token, true)).toString('utf8')
  }

  /**
   * Sentence-piece vocabularies put a blank before a text, so a continuation would get a blank that it does not have. There the text is
   * tokenised behind a line break and the tokens of the break are cut off.
   */
  tokenize(text: string): number[] {
    if (text === '') return []
    if (this.binding.llama_vocab_type(this.pointer) !== sentencePiece) return this.#tokenize(text, false, false)
    const lead = this.#tokenize('\n', false, false)
    const whole = this.#tokenize(`\n${text}`, false, false)
    return lead.every((token, i) => whole[i] === token) ? whole.slice(lead.length) : this.#tokenize(text, false, false)
  }

  /** A whole prompt: the begin token that the model wants (once), special tokens recognised, no end token. */
  tokenizePrompt(text: string): number[] {
    const tokens = this.#tokenize(text, true, true)
    if (this.addsBegin && tokens[0] === this.bos && tokens[1] === this.bos) tokens.shift() // the template had written it already
    if (this.#addsEnd && this.endTokens.includes(tokens.at(-1) ?? -1)) tokens.pop()
    return tokens
  }

  /** A text as an encoder reads it, with the tokens that frame it. */
  tokenizeFramed(text: string): number[] {
    return this.#tokenize(text, true, false)
  }

  #tokenize(text: string, special: boolean, parse: boolean): number[] {
    const bytes = Buffer.from(text, 'utf8')
    const room = bytes.length + 8
    if (this.#scratch.length < room) this.#scratch = new Int32Array(room)
    const { binding, pointer } = this
    let count = binding.llama_tokenize(pointer, bytes, bytes.length, this.#scratch, this.#scratch.length, special, parse)
    if (count < 0) {
      this.#scratch = new Int32Array(-count)
      count = binding.llama_tokenize(pointer, bytes, bytes.length, this.#scratch, this.#scratch.length, special, parse)
    }
    return Array.from(this.#scratch.subarray(0, count))
  }

  #readPiece(token: number, special: boolean): Uint8Array {
    let buffer = Buffer.alloc(64)
    let length = this.binding.llama_token_to_piece(this.pointer, token, buffer, buffer.length, 0, special)
    if (length < 0) {
      buffer = Buffer.alloc(-length)
      length = this.binding.llama_token_to_piece(this.pointer, token, buffer, buffer.length, 0, special)
    }
    return length <= 0 ? noBytes : new Uint8Array(buffer.subarray(0, length))
  }

  #findEndTokens(): number[] {
    const found: number[] = []
    for (let token = 0; token < this.size; token++) {
      if (this.binding.llama_vocab_is_eog(this.pointer, token)) found.push(token)
    }
    return found
  }
}

import koffi from 'koffi'
import type { Llama } from 'node-llama-cpp'
import { TributaryError } from '../../shared/errors'
import { isJsonObject, type Json, type JsonObject } from '../../shared/json'
import type { TokenConstraint } from '../decoding/source'
import type { Binding } from './binding'
import type { Pointer } from './native-types'
import { tokenData } from './structs'
import type { ModelVocabulary } from './vocabulary'

/** What node-llama-cpp's schema-to-grammar conversion honours; other keywords would be silently ignored, so they are refused. */
const expressible = new Set(
  'type description title const enum oneOf properties additionalProperties minProperties maxProperties required items prefixItems minItems maxItems minLength maxLength format $defs $ref $schema'.split(
    ' ',
  ),
)

/** A JSON Schema as a GBNF grammar whose root ends with the value. Throws `input-type` for keywords that no grammar here can express. */
export async function grammarOfSchema(llama: Llama, schema: JsonObject): Promise<string> {
  checkSchema(schema, 'the schema')
  try {
    const { grammar } = await llama.createGrammarForJsonSchema(schema as { type: 'object' })
    return grammar.replace(/ "\\n\\n\\n\\n" \[\\n\]\*/, '') // its own end mark; our loop ends with the end token
  } catch (cause) {
    throw new TributaryError('input-type', `The JSON Schema cannot be turned into a grammar: ${String(cause)}`, { cause })
  }
}

function checkSchema(schema: Json | undefined, where: string): void {
  if (!isJsonObject(schema)) return
  for (const [keyword, value] of Object.entries(schema)) {
    if (!expressible.has(keyword))
      throw new TributaryError('input-type', `${where} uses "${keyword}", which cannot be enforced while decoding.`, {
        hint: `Use only: ${[...expressible].filter((name) => !name.startsWith('$')).join(', ')}.`,
      })
    if (keyword === 'properties' || keyword === '$defs') {
      for (const [name, part] of Object.entries(isJsonObject(value) ? value : {})) checkSchema(part, `${where}, ${name},`)
    } else if (keyword === 'items' || keyword === 'additionalProperties') checkSchema(value, `${where}, ${keyword},`)
    else if ((keyword === 'oneOf' || keyword === 'prefixItems') && Array.isArray(value)) {
      for (const part of value as readonly Json[]) checkSchema(part, `${where}, ${keyword},`)
    }
  }
}

/**
 * llama.cpp's grammar over the tokens of one vocabulary. `mask` looks only at entries that are still possible, so call it after anything that
 * rules tokens out cheaply. llama.cpp aborts the process on a token that the grammar forbids, so `accept` asks first.
 */
export class GrammarConstraint implements TokenConstraint {
  readonly #words: Int32Array
  readonly #floats: Float32Array
  readonly #address: Pointer
  #sampler: Pointer

  private constructor(
    readonly binding: Binding,
    readonly vocabulary: ModelVocabulary,
    sampler: Pointer,
  ) {
    this.#sampler = sampler
    const memory = new ArrayBuffer(koffi.sizeof(tokenData) * vocabulary.size)
    this.#words = new Int32Array(memory)
    this.#floats = new Float32Array(memory)
    this.#address = koffi.address(this.#words)
  }

  static fromGrammar(binding: Binding, vocabulary: ModelVocabulary, grammar: string): GrammarConstraint {
    const sampler = binding.llama_sampler_init_grammar(vocabulary.pointer, grammar, 'root')
    if (sampler === null) throw new TributaryError('input-type', 'llama.cpp does not accept the grammar of this JSON Schema.')
    return new GrammarConstraint(binding, vocabulary, sampler)
  }

  allows(token: number): boolean {
    this.#put(0, token)
    this.#apply(1)
    return this.#floats[1] !== -Infinity
  }

  mask(row: Float32Array): void {
    let count = 0
    for (let token = 0; token < row.length; token++) if (row[token] !== -Infinity) this.#put(count++, token)
    this.#apply(count)
    for (let i = 0; i < count; i++) if (this.#floats[3 * i + 1] === -Infinity) row[this.#words[3 * i] as number] = -Infinity
  }

  accept(token: number): void {
    if (!this.allows(token)) throw new Error(`token ${token} is forbidden by the grammar`)
    this.binding.llama_sampler_accept(this.#sampler, token)
  }

  clone(): TokenConstraint {
    return new GrammarConstraint(this.binding, this.vocabulary, this.binding.llama_sampler_clone(this.#sampler))
  }

  dispose(): void {
    if (this.#sampler !== null) this.binding.llama_sampler_free(this.#sampler)
    this.#sampler = null
  }

  #put(index: number, token: number): void {
    this.#words[3 * index] = token
    this.#floats[3 * index + 1] = 0
  }

  #apply(size: number): void {
    this.binding.llama_sampler_apply(this.#sampler, { data: this.#address, size, selected: -1, sorted: false })
  }
}

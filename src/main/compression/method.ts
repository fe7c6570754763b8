import type { Document } from '../../shared/value'
import type { Span } from '../retrieval/sentences'

/** A token of a model with −ln p of it, as a piece of the text: joined, the pieces give the text again. */
export interface TokenInformation {
  readonly text: string
  readonly nats: number
}

export interface CompressorInput {
  readonly documents: readonly Document[]
  /** empty where no question is connected */
  readonly question: string
  /** of all tokens, the share that may stay; 0..1 */
  readonly share: number
  /** spans of each document that must stay */
  readonly isProtected: (text: string, span: Span) => boolean
  readonly level: UnitLevel
}

export type UnitLevel = 'sentence' | 'phrase' | 'word'

/** What a method may ask of the outside. Absent: no model that can do it is connected. */
export interface CompressorTools {
  countTokens(text: string): Promise<number>
  /** −ln p of each token of `text`, given `before` */
  information?: (text: string, before?: string) => Promise<readonly TokenInformation[]>
  /** unit vectors */
  embed?: (texts: readonly string[]) => Promise<readonly Float32Array[]>
  progress(done: number, total: number): void
}

/** A piece of a document with what it is worth; the greater the value, the sooner it stays. NaN always stays. */
export interface Unit extends Span {
  readonly document: number
  readonly value: number
  readonly tokens: number
}

export interface CompressionMethod {
  readonly name: string
  readonly title: string
  readonly summary: string
  /** ids of the published systems it realises */
  readonly systems: readonly string[]
  readonly paper: string
  /** what it cannot do without */
  readonly needs: readonly ('question' | 'information' | 'embedding')[]
  /** The best unit stays even beyond the budget, where it is worth anything: without it the question would be answered from nothing. */
  readonly keepsBest?: boolean
  /** Units of all documents, in order of documents and places, covering all of their words. */
  score(input: CompressorInput, tools: CompressorTools): Promise<Unit[]>
}

export const defineCompressor = (method: CompressionMethod): CompressionMethod => method

import { idsByPiece } from './retokeniser'
import type { Vocabulary } from './source'

export interface UnionVocabulary {
  readonly vocabulary: Vocabulary
  /** for each vocabulary: its token → token of the union; −1 for control tokens, whose mass has no meaning for others */
  readonly maps: readonly Int32Array[]
}

/**
 * All byte strings that are a token somewhere. Tokens of the largest vocabulary keep their numbers, new strings follow; equal bytes are one token,
 * and all end tokens are one. Yu et al. 2024 (GaC), with bytes in place of display strings.
 */
export function uniteVocabularies(vocabularies: readonly Vocabulary[]): UnionVocabulary {
  // the largest first: its tokens keep their numbers, so most of the mass need not move
  const [first, ...others] = [...vocabularies].sort((a, b) => b.size - a.size) as [Vocabulary, ...Vocabulary[]]
  const ids = new Map(idsByPiece(first))
  const added: Uint8Array[] = []
  for (const vocabulary of others) {
    for (const [key, token] of idsByPiece(vocabulary)) {
      if (ids.has(key)) continue
      ids.set(key, first.size + added.length)
      added.push(vocabulary.pieceBytes(token))
    }
  }
  const vocabulary: Vocabulary = {
    fingerprint: `union(${vocabularies.map(({ fingerprint }) => fingerprint).join(',')})`,
    size: first.size + added.length,
    endTokens: first.endTokens.slice(0, 1),
    pieceBytes: (token) => (token < first.size ? first.pieceBytes(token) : (added[token - first.size] as Uint8Array)),
    tokenize: (text) => first.tokenize(text),
  }
  const end = first.endTokens[0]
  return { vocabulary, maps: vocabularies.map((member) => mapInto(member, ids, end)) }
}

/** token of `from` → token with the same bytes in `ids`, its end tokens → `end`; −1 where there is none. */
export function mapInto(from: Vocabulary, ids: ReadonlyMap<string, number>, end: number | undefined): Int32Array {
  const map = new Int32Array(from.size).fill(-1)
  for (let token = 0; token < from.size; token++) {
    const key = String.fromCharCode(...from.pieceBytes(token))
    if (key !== '') map[token] = ids.get(key) ?? -1
  }
  for (const token of from.endTokens) map[token] = end ?? -1
  return map
}

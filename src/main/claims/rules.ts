import { isFunctionWord, tokenize } from '../retrieval/tokenize'

/** Names and numbers of a text, normalised: runs of capitalised words (not one word that only begins a sentence), and numbers without thousands separators. */
export function entitiesOf(text: string): string[] {
  const found = new Set<string>()
  for (const match of text.matchAll(/(?<![\p{L}\p{N}])\d[\d,.]*\d|\d/gu)) found.add(match[0].replace(/[,.](?=\d{3}\b)/g, ''))
  for (const match of text.matchAll(
    /\p{Lu}[\p{L}\p{N}'’-]*(?:\s+(?:of|the|de|van|von|la|le|\p{Lu}[\p{L}\p{N}'’-]*))*(?:\s+\p{Lu}[\p{L}\p{N}'’-]*)?/gu,
  )) {
    const words = match[0].replace(/\s+(?:of|the|de|van|von|la|le)$/u, '').split(/\s+/)
    const opensSentence = /(?:^|[.!?:\n]["'”’)]*\s*["'“(]*)$/.test(text.slice(0, match.index))
    while (words.length > 0 && isFunctionWord(words[0]!)) words.shift()
    if (words.length === 0 || (words.length === 1 && opensSentence && match[0] === words[0])) continue
    found.add(
      words
        .join(' ')
        .toLowerCase()
        .replace(/['’]s$/, ''),
    )
  }
  return [...found]
}

/** Share of the answer's names and numbers that the source has too (Nan et al. 2021, arXiv:2102.09130). null: the answer has none. */
export function entityPrecision(answer: string, source: string): number | null {
  const entities = entitiesOf(answer)
  if (entities.length === 0) return null
  const plain = ` ${tokenize(source.replace(/(\d)[,.](?=\d{3}\b)/g, '$1'), { stem: false }).join(' ')} `
  const isThere = (entity: string) => plain.includes(` ${tokenize(entity, { stem: false }).join(' ')} `)
  return entities.filter(isThere).length / entities.length
}

/** Share of the claim's telling words (stems, without function words) that the evidence has. null: the claim has none. */
export function wordSupport(claim: string, evidence: string): number | null {
  const telling = new Set(
    tokenize(claim, { stem: false })
      .filter((word) => !isFunctionWord(word))
      .flatMap((word) => tokenize(word, { stem: true })),
  )
  if (telling.size === 0) return null
  const there = new Set(tokenize(evidence, { stem: true }))
  return [...telling].filter((word) => there.has(word)).length / telling.size
}

export interface Triple {
  readonly subject: string
  readonly relation: string
  readonly object: string
}

/** Of the answer's triples whose subject and relation the source knows, the share that the source has whole (Goodrich et al. 2019). null: it knows none of them. */
export function relationAccuracy(answer: readonly Triple[], source: readonly Triple[]): number | null {
  const head = ({ subject, relation }: Triple) => `${subject.toLowerCase()}\u0000${relation.toLowerCase()}`
  const whole = (triple: Triple) => `${head(triple)}\u0000${triple.object.toLowerCase()}`
  const heads = new Set(source.map(head))
  const wholes = new Set(source.map(whole))
  const relevant = answer.filter((triple) => heads.has(head(triple)))
  return relevant.length === 0 ? null : relevant.filter((triple) => wholes.has(whole(triple))).length / relevant.length
}

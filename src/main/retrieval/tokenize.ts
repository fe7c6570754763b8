import stem from 'wink-porter2-stemmer'

/** How text becomes terms. An index and its queries must agree on it. */
export interface TokenizerOptions {
  /** English Porter2 stems; words of other scripts stay as they are */
  readonly stem: boolean
}

const words = /[\p{L}\p{N}]+(?:['’]\p{L}+)*/gu
/** scripts that put no blanks between words */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
let segmenter: Intl.Segmenter | undefined
/** Made for the first such text: it reads a dictionary. */
function segment(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' })
  return segmenter.segment(text)
}

/** Words of a text, in order, repeated as they occur: NFKC, lower-case, without a possessive 's. Empty text gives none. */
export function tokenize(text: string, options: TokenizerOptions): string[] {
  const folded = text.normalize('NFKC').toLowerCase()
  const found = unspaced.test(folded)
    ? [...segment(folded)].filter((part) => part.isWordLike).map((part) => part.segment)
    : (folded.match(words) ?? [])
  return found.map((word) => {
    const bare = word.replace(/['’]s$/, '').replaceAll('’', "'")
    return options.stem && /^[a-z']+$/.test(bare) ? stem(bare) : bare
  })
}

const functionWords = new Set(
  `a about above after again against all am an and any are aren't as at be because been before being below between both but by can can't cannot could couldn't did didn't do does doesn't
  doing don't down during each few for from further had hadn't has hasn't have haven't having he her here hers herself him himself his how i if in into is isn't it its itself just me more
  most my myself no nor not of off on once only or other our ours ourselves out over own same she should shouldn't so some such than that the their theirs them themselves then there
  these they this those through to too under until up very was wasn't we were weren't what when where which while who whom why will with won't would wouldn't you your yours yourself
  yourselves`.split(/\s+/),
)

/**
 * Terms of a query. Function words are dropped from the *query* only, so that the index stays complete; a query of nothing else keeps them all.
 * Repeated terms stay repeated.
 */
export function queryTerms(query: string, options: TokenizerOptions & { readonly dropFunctionWords: boolean }): string[] {
  if (!options.dropFunctionWords) return tokenize(query, options)
  const telling = tokenize(query, { stem: false }).filter((word) => !functionWords.has(word))
  return telling.length === 0 ? tokenize(query, options) : tokenize(telling.join(' '), options)
}

export const isFunctionWord = (word: string): boolean => functionWords.has(word.toLowerCase())

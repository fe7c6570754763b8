/** Features of a text as weights by name: its words and pairs of neighbouring words, its length, its numbers. */
export type Features = ReadonlyMap<string, number>

/** Words and word pairs count 1 over the root of how many there are, so that long texts weigh no more; `#` features tell of the whole. */
export function textFeatures(text: string): Features {
  const words = text.toLowerCase().match(/\p{L}+|\p{N}+|[^\s\p{L}\p{N}]/gu) ?? []
  const shown = words.map((word) => (/^\p{N}+$/u.test(word) ? '<number>' : word))
  const grams = new Set([...shown, ...shown.slice(1).map((word, i) => `${shown[i]} ${word}`)])
  const share = 1 / Math.sqrt(Math.max(1, grams.size))
  const numbers = words.filter((word) => /^\p{N}+$/u.test(word))
  return new Map([
    ...[...grams].map((gram): [string, number] => [gram, share]),
    ['#length', Math.min(1, words.length / 50)],
    ['#numbers', Math.min(1, numbers.length / 5)],
    ['#largest number', Math.min(1, Math.max(0, ...numbers.map(Number)) / 20)],
  ])
}

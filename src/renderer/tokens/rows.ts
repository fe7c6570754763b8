import type { OutlineToken } from '../../shared/trace/trace'

/** How the text is cut into lines of chips, so that only the lines on screen are drawn. Pure: widths come from one measured character. */

/** A token as a person reads it: line breaks and tabs are seen. */
export const shown = (text: string): string => (text === '' ? '∅' : text.replaceAll('\r', '').replaceAll('\n', '⏎').replaceAll('\t', '⇥'))

export interface Measure {
  /** of the column of chips, pixels */
  readonly width: number
  /** of one character, pixels */
  readonly character: number
}

const padding = 13
const badge = 11

/** Pixels of a token's chip with the chips of what was refused before it. */
export function chipWidth(token: OutlineToken, character: number): number {
  const chip = (text: string): number => Math.max(1, [...shown(text)].length) * character + padding
  return chip(token.text) + badge + token.rejected.reduce((sum, text) => sum + chip(text), 0)
}

/** First token of each line. A line holds at least one; a token with a line break ends its line. */
export function rowStarts(tokens: readonly OutlineToken[], { width, character }: Measure): number[] {
  const starts: number[] = []
  let used = Infinity
  tokens.forEach((token, i) => {
    const wide = chipWidth(token, character)
    if (used + wide > width) {
      starts.push(i)
      used = 0
    }
    used = token.text.includes('\n') ? Infinity : used + wide
  })
  return starts
}

/** The line that holds a token: the last that does not start behind it. */
export function rowOf(starts: readonly number[], token: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= token) low = middle
    else high = middle - 1
  }
  return Math.max(0, low)
}

/** Where an arrow key leads from a token; lines are kept by their place in the line. */
export function step(starts: readonly number[], count: number, token: number, key: string): number | undefined {
  const clamp = (i: number): number => Math.max(0, Math.min(count - 1, i))
  if (key === 'ArrowLeft') return clamp(token - 1)
  if (key === 'ArrowRight') return clamp(token + 1)
  if (key === 'Home') return 0
  if (key === 'End') return clamp(count - 1)
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined
  const row = rowOf(starts, token)
  const next = row + (key === 'ArrowUp' ? -1 : 1)
  if (next < 0 || next >= starts.length) return token
  const end = (starts[next + 1] ?? count) - 1
  return Math.min(end, (starts[next] ?? 0) + token - (starts[row] ?? 0))
}

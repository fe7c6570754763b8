/**
 * Keys are written `Mod+Shift+Enter`; `Mod` is Ctrl, and Cmd on a Mac. Two strokes in sequence are separated by a space: `Alt+A L`.
 * A printable key is its character (`?`, `[`), so that layouts do not matter; letters are compared without case.
 */
export interface Stroke {
  readonly mod: boolean
  readonly alt: boolean
  readonly shift: boolean
  readonly key: string
}

export interface KeyLike {
  readonly key: string
  readonly code?: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

export function parseKeys(keys: string): Stroke[] {
  return keys.split(' ').map((stroke) => {
    const parts = stroke.split('+')
    const plus = stroke.endsWith('++') || stroke === '+'
    const key = plus ? '+' : (parts.at(-1) ?? '')
    return { mod: parts.includes('Mod'), alt: parts.includes('Alt'), shift: parts.includes('Shift'), key: key.toLowerCase() }
  })
}

/** For printable symbols (`?`, `+`) shift belongs to the layout and is not compared, unless the stroke asks for it. */
export function strokeMatches(stroke: Stroke, event: KeyLike, mac = isMac): boolean {
  const mod = mac ? event.metaKey : event.ctrlKey
  if (mod !== stroke.mod || event.altKey !== stroke.alt) return false
  const key = keyOf(event)
  const symbol = stroke.key.length === 1 && !/[a-z0-9]/.test(stroke.key)
  if (!symbol && event.shiftKey !== stroke.shift) return false
  if (symbol && stroke.shift && !event.shiftKey) return false
  return key === stroke.key || (stroke.key.length === 1 && /[a-z0-9]/.test(stroke.key) && codeOf(event) === stroke.key)
}

/** Names on the keys, as shown in menus and tips. */
export function showKeys(keys: string, mac = isMac): string[] {
  const names: Record<string, string> = mac
    ? { mod: '⌘', alt: '⌥', shift: '⇧', enter: '↵', escape: 'esc', delete: '⌦', backspace: '⌫' }
    : { mod: 'Ctrl', alt: 'Alt', shift: 'Shift', enter: 'Enter', escape: 'Esc', delete: 'Del', backspace: 'Backspace' }
  const arrows: Record<string, string> = { arrowleft: '←', arrowright: '→', arrowup: '↑', arrowdown: '↓', ' ': 'Space' }
  return parseKeys(keys).flatMap((stroke) => [
    ...(stroke.mod ? [names.mod ?? 'Ctrl'] : []),
    ...(stroke.alt ? [names.alt ?? 'Alt'] : []),
    ...(stroke.shift ? [names.shift ?? 'Shift'] : []),
    names[stroke.key] ?? arrows[stroke.key] ?? (stroke.key.length === 1 ? stroke.key.toUpperCase() : capital(stroke.key)),
  ])
}

/** The keys of a press as they are written; undefined for a modifier alone. */
export function keysOf(event: KeyLike, mac = isMac): string | undefined {
  if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead'].includes(event.key)) return undefined
  const mod = mac ? event.metaKey : event.ctrlKey
  const letter = codeOf(event)
  const key = event.key === ' ' ? 'Space' : (letter?.toUpperCase() ?? event.key)
  const symbol = key.length === 1 && letter === undefined
  return [...(mod ? ['Mod'] : []), ...(event.altKey ? ['Alt'] : []), ...(event.shiftKey && !symbol ? ['Shift'] : []), key].join('+')
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const keyOf = (event: KeyLike) => (event.key === ' ' ? 'space' : event.key.toLowerCase())
/** The letter or digit printed on a US keyboard: Alt and Shift change `key` on some systems. */
const codeOf = (event: KeyLike) => /^(?:Key|Digit)(.)$/.exec(event.code ?? '')?.[1]?.toLowerCase()

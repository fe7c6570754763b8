import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** The colours of a theme, read from the only place that names them. */
function coloursOf(theme: 'light' | 'dark'): ReadonlyMap<string, string> {
  const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
  const block = css.slice(css.indexOf(`:root[data-theme="${theme}"]`))
  return new Map(
    Array.from(block.slice(0, block.indexOf('}')).matchAll(/--([\w-]+): (#[0-9a-f]{6});/g), ([, name = '', hex = '']) => [name, hex]),
  )
}

/** WCAG 2.2: relative luminance of sRGB, 0..1. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const grounds = ['canvas', 'ground', 'surface', 'raised', 'sunken', 'hover'] as const
/** text: [ink, what it stands on] */
const texts: readonly (readonly [string, string])[] = [
  ...['ink', 'ink-2', 'ink-3'].flatMap((ink) => grounds.map((ground) => [ink, ground] as const)),
  ['ink', 'pressed'],
  ['ink', 'selection'],
  ...['accent', 'good', 'warn', 'bad'].flatMap((ink) =>
    [ink, `${ink}-soft`, 'ground', 'surface'].slice(1).map((ground) => [ink, ground] as const),
  ),
  ['ink-on-accent', 'accent'],
  ['ink-on-accent', 'accent-hover'],
  ...['weights', 'tokens', 'text', 'model'].flatMap((family) => [
    [`${family}-ink`, `${family}-soft`] as const,
    [`${family}-ink`, 'surface'] as const,
  ]),
]
/** wires and glyphs, which need 3 to 1 */
const strokes = ['weights', 'tokens', 'text', 'model', 'focus', 'live'].flatMap((name) =>
  ['canvas', 'surface'].map((ground) => [name, ground] as const),
)

/** Every rule of the window's styles that sets both a text colour and what it stands on, by token: [ink, ground, where]. */
function pairsInRules(): [string, string, string][] {
  const folder = fileURLToPath(new URL('..', import.meta.url))
  const pairs = new Map<string, [string, string, string]>()
  for (const file of globSync('**/*.css', { cwd: folder })) {
    const css = readFileSync(`${folder}/${file}`, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
    for (const [, selector = '', body = ''] of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
      const ink = /(?:^|[;\s])color: var\(--([\w-]+)\)/.exec(body)?.[1]
      const ground = /background(?:-color)?: var\(--([\w-]+)\)/.exec(body)?.[1]
      if (ink && ground) pairs.set(`${ink} ${ground}`, [ink, ground, `${file} ${selector.trim()}`])
    }
  }
  return [...pairs.values()]
}

/** what `--hue-ink` and its like stand for */
const families = ['weights', 'tokens', 'text', 'model'] as const
const ofFamily = (name: string, family: string) => name.replace(/^hue/, family)

describe.each(['light', 'dark'] as const)('contrast in the %s theme', (theme) => {
  const colours = coloursOf(theme)
  const of = (name: string): string => {
    const hex = colours.get(name)
    if (!hex) throw new Error(`tokens.css has no --${name} in the ${theme} theme`)
    return hex
  }
  it.each(texts)('%s is read on %s (AA, 4.5)', (ink, ground) => {
    expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(pairsInRules())('%s is read on %s where a rule says so: %s', (ink, ground) => {
    for (const family of families) expect(contrast(of(ofFamily(ink, family)), of(ofFamily(ground, family)))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(strokes)('%s is seen on %s (AA, 3)', (stroke, ground) => {
    expect(contrast(of(stroke), of(ground))).toBeGreaterThanOrEqual(3)
  })
})

it('finds the rules that set both colours', () => {
  expect(pairsInRules().length).toBeGreaterThan(12)
})

it('contrast is that of WCAG: black on white 21, a colour on itself 1', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrast('#808080', '#808080')).toBe(1)
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const tokens = readFileSync('src/renderer/theme/tokens.css', 'utf8')

/** WCAG AA: 4.5 for text of this size, in both themes, on every ground that it stands on. */
const themes = {
  light: colours(tokens.slice(tokens.indexOf('data-theme="light"'), tokens.indexOf('data-theme="dark"'))),
  dark: colours(tokens.slice(tokens.indexOf('data-theme="dark"'))),
}
const grounds = ['ground', 'surface', 'raised', 'canvas', 'sunken', 'hover'] as const
const pairs: readonly (readonly [string, string])[] = [
  ...grounds.flatMap((ground) => [['ink', ground] as const, ['ink-2', ground] as const]),
  ...(['ground', 'surface', 'raised', 'sunken'] as const).map((ground) => ['ink-3', ground] as const),
  ['accent', 'surface'],
  ['ink-on-accent', 'accent'],
  ...(['good', 'warn', 'bad'] as const).flatMap((tone) => [[tone, `${tone}-soft`] as const, [tone, 'surface'] as const]),
  ...(['weights', 'tokens', 'text', 'model'] as const).map((family) => [`${family}-ink`, `${family}-soft`] as const),
]

function colours(css: string): Map<string, string> {
  return new Map(Array.from(css.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g), (match) => [match[1] ?? '', match[2] ?? '']))
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

describe.each(Object.entries(themes))('the %s theme', (_, theme) => {
  it.each(pairs)('can be read: %s on %s', (ink, ground) => {
    expect(contrast(theme.get(ink) ?? '#000000', theme.get(ground) ?? '#000000')).toBeGreaterThanOrEqual(4.5)
  })
  it('draws wires that stand out from the canvas', () => {
    for (const family of ['weights', 'tokens', 'text', 'model'])
      expect(contrast(theme.get(family) ?? '', theme.get('canvas') ?? '')).toBeGreaterThanOrEqual(3)
  })
})

import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GraphDocument } from '../../shared/graph/document'
import { loadGraph } from '../../shared/graph/load'
import type { OutlineToken, TraceOutline } from '../../shared/trace/trace'
import { traceCsv, traceJson } from './export'
import { branchesOf, endSign, forkNode, forkPrefix, placeBelow, whyNoFork } from './fork'
import { chipWidth, rowOf, rowStarts, step } from './rows'
import { firstDifference, matches, nextAfter, summaryOf } from './summary'
import { tracedNode } from './traced'

const token = (text: string, more: Partial<OutlineToken> = {}): OutlineToken => ({
  text,
  origin: 'target',
  decidedBy: 0,
  disagree: false,
  entropy: 0.5,
  logprob: -0.1,
  divergence: 0.2,
  rejected: [],
  ...more,
})
const sources = [
  { name: 'a', role: 'expert', weight: 1.5 },
  { name: 'b', role: 'amateur', weight: -0.5 },
]
const words = ['the', ' red', ' key', '\n', ' is', ' in', ' oslo'].map((text) => token(text))

describe('lines of chips', () => {
  it('hold every token once, in order, and fit unless they hold a single one', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 20 }), { maxLength: 60 }), fc.integer({ min: 40, max: 600 }), (texts, width) => {
        const tokens = texts.map((text) => token(text))
        const starts = rowStarts(tokens, { width, character: 7 })
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b))
        starts.forEach((start, i) => {
          const line = tokens.slice(start, starts[i + 1])
          const used = line.reduce((sum, each) => sum + chipWidth(each, 7), 0)
          expect(line.length === 1 || used <= width).toBe(true)
        })
        tokens.forEach((_, i) => {
          const row = rowOf(starts, i)
          expect((starts[row] ?? 0) <= i && i < (starts[row + 1] ?? tokens.length)).toBe(true)
        })
      }),
    )
  })
  it('end at a line break, and arrows walk within and between them', () => {
    const starts = rowStarts(words, { width: 1000, character: 7 })
    expect(starts).toEqual([0, 4])
    expect(step(starts, 7, 1, 'ArrowRight')).toBe(2)
    expect(step(starts, 7, 1, 'ArrowDown')).toBe(5)
    expect(step(starts, 7, 6, 'ArrowUp')).toBe(2)
    expect(step(starts, 7, 0, 'ArrowLeft')).toBe(0)
    expect(step(starts, 7, 3, 'End')).toBe(6)
    expect(step(starts, 7, 3, 'x')).toBeUndefined()
  })
  it('are laid out for 5,000 tokens in under 50 ms', () => {
    const many = Array.from({ length: 5000 }, (_, i) => token(` word${i}`))
    const begun = performance.now()
    rowStarts(many, { width: 800, character: 7 })
    expect(performance.now() - begun).toBeLessThan(50)
  })
})

describe('the summary', () => {
  const outline: TraceOutline = {
    sources,
    tokens: [
      token('x', { origin: 'prefix', divergence: null }),
      token('a', { divergence: 0.1, disagree: true }),
      token('b', { origin: 'draft', divergence: 0.3 }),
      token('c', { divergence: null, disagree: true, rejected: ['z'] }),
    ],
  }
  it('counts what was written, accepted, saved, and how far sources are apart', () => {
    expect(summaryOf(outline, { passes: 2, drafted: 4, accepted: 1 })).toEqual({
      tokens: 4,
      given: 1,
      drafted: 4,
      accepted: 1,
      acceptance: 0.25,
      passes: 2,
      saved: 1,
      speedUp: 1.5,
      divergence: 0.2,
      disagreements: [1, 3],
    })
  })
  it('says nothing of drafts and divergence where there are none', () => {
    const plain = summaryOf({ sources: [], tokens: [token('a', { divergence: null })] }, { passes: 1, drafted: 0, accepted: 0 })
    expect(plain).toMatchObject({ acceptance: undefined, saved: 0, speedUp: 1, divergence: undefined })
  })
  it('jumps from disagreement to disagreement, round the end', () => {
    expect([nextAfter([1, 3], undefined), nextAfter([1, 3], 1), nextAfter([1, 3], 3), nextAfter([], 3)]).toEqual([1, 3, 1, undefined])
  })
  it('finds texts across tokens, and filters', () => {
    expect(matches(words, '', 'all')).toBeUndefined()
    expect([...(matches(words, 'D KE', 'all') ?? [])]).toEqual([1, 2])
    expect([...(matches(outline.tokens, '', 'rejected') ?? [])]).toEqual([3])
    expect([...(matches(outline.tokens, '', 'by-0') ?? [])]).toEqual([1, 2, 3])
  })
  it('finds the first difference of two texts', () => {
    expect(firstDifference(words, words)).toBeUndefined()
    expect(firstDifference(words, [...words.slice(0, 5), token(' at')])).toBe(5)
    expect(firstDifference(words, words.slice(0, 4))).toBe(4)
  })
})

describe('exports', () => {
  const outline = { sources, tokens: [token(' "a",\n', { rejected: ['x', 'y'] })] }
  const lists = [{ id: 7, top: [[' "a",\n', 0.9]] as const, sourceTop: [[[' "a",\n', 0.8]] as const, []] }]
  it('are read back by other tools', () => {
    const [head, row] = parse(traceCsv(outline, lists)) as [string[], string[]]
    expect(head.slice(0, 5)).toEqual(['token', 'id', 'text', 'origin', 'decided by'])
    expect(row.slice(0, 5)).toEqual(['1', '7', ' "a",\n', 'target', 'A a (expert)'])
    expect(row).toHaveLength(head.length)
    expect(JSON.parse(traceJson(outline, lists))).toMatchObject({ sources, tokens: [{ token: 1, id: 7, sources: [[{ p: 0.8 }], []] }] })
  })
})

describe('a branch', () => {
  const loaded = loadGraph(readFileSync('resources/templates/draft-and-verify.trib.json', 'utf8'))
  if (!loaded.ok) throw new Error(loaded.error.message)
  const { document } = loaded
  const fork = { node: 'byModel', title: 'With model guesses', tokens: words, at: 2, choice: ' cup', place: { x: 800, y: 1100 } }
  it('is the same node on the same inputs, beginning with the text so far and the other choice', () => {
    const { document: after, id } = forkNode(document, fork)
    expect(after.nodes[id]?.params).toEqual({ ...document.nodes.byModel?.params, prefix: 'the red cup' })
    expect(after.nodes[id]?.title).toBe('With model guesses, forked at 3: ‘cup’')
    expect(after.ui.nodes[id]).toMatchObject({ x: 800, y: 1100 })
    const into = (at: GraphDocument, node: string) =>
      at.wires.flatMap(({ from, to }) => (to.startsWith(`${node}.`) ? [`${from}>${to.split('.')[1]}`] : []))
    expect(into(after, id).sort()).toEqual(into(document, 'byModel').sort())
    expect(branchesOf(after, 'byModel')).toEqual([id])
  })
  it('of a branch is named by its own fork alone', () => {
    const first = forkNode(document, fork)
    const title = first.document.nodes[first.id]?.title ?? ''
    const second = forkNode(first.document, { ...fork, node: first.id, title, at: 1, choice: ' blue' })
    expect(second.document.nodes[second.id]?.title).toBe('With model guesses, forked at 2: ‘blue’')
    expect(forkPrefix({ tokens: words, at: 1, choice: ' blue' })).toBe('the blue')
  })
  it('begins nowhere that it would change nothing, end at once, or cut a character', () => {
    const at = (choice: string, tokens = words) => whyNoFork({ tokens, at: 2, choice })
    expect(at(' cup')).toBeUndefined()
    for (const reason of [at(' key'), at(endSign), at('\ufffd'), at('', words)]) expect(reason).toMatch(/\.$/)
  })
  it('stands below what is there', () => {
    const card = { x: 0, y: 0, width: 280, height: 100 }
    expect(placeBelow(card, [])).toEqual({ x: 0, y: 148 })
    expect(
      placeBelow(card, [
        { x: 20, y: 150, width: 280, height: 100 },
        { x: 900, y: 150, width: 280, height: 100 },
      ]),
    ).toEqual({ x: 0, y: 298 })
  })
  it('tokens are shown of the selected writer, or of the one that the selected operator feeds', () => {
    const run = { nodes: {} } as Parameters<typeof tracedNode>[1]
    expect(tracedNode(document, run, ['byText'])).toBe('byText')
    expect(tracedNode(document, run, ['small'])).toBe('byModel')
    expect(tracedNode(document, run, [])).toBe('byModel')
  })
  it('tokens are shown of the text that most models decided, when nothing is selected', () => {
    const report = (...names: string[]) => ({
      ...{ blob: 'b', tokens: 1, passes: 1, drafted: 0, accepted: 0, acceptance: null },
      decided: names.map((name) => ({ name, tokens: 1, asked: 1 })),
    })
    const state = (...names: string[]) => ({ phase: 'done', outputs: { trace: { preview: report(...names) } } })
    const run = { nodes: { byModel: state('one'), byText: state('one', 'two') } } as unknown as Parameters<typeof tracedNode>[1]
    expect(tracedNode(document, run, [])).toBe('byText')
    expect(tracedNode(document, { ...run, nodes: {} }, [])).toBe('byModel')
  })
})

describe('colours of sources', () => {
  const themes = Object.fromEntries(['tokens', 'sources'].map((name) => [name, readFileSync(`src/renderer/theme/${name}.css`, 'utf8')]))
  const value = (name: string, isDark: boolean): number[] => {
    const found = Object.values(themes).flatMap((css) => {
      const [light = '', dark = ''] = css.split(':root[data-theme="dark"]')
      return [...(isDark ? dark : light).matchAll(new RegExp(`--${name}: #([0-9a-f]{6})`, 'g'))].map((match) => match[1] ?? '')
    })
    return (found.at(-1) ?? '').match(/../g)?.map((hex) => Number.parseInt(hex, 16)) ?? []
  }
  const luminance = (rgb: readonly number[]): number => {
    const [r = 0, g = 0, b = 0] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a: readonly number[], b: readonly number[]): number => {
    const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
    return (high + 0.05) / (low + 0.05)
  }
  it.each([false, true])('can be read on their own tint (dark: %s)', (isDark) => {
    for (const letter of 'abcdef') {
      const source = value(`source-${letter}`, isDark)
      const tint = value('surface', isDark).map((c, i) => c + 0.12 * ((source[i] ?? 0) - c))
      expect(contrast(source, tint)).toBeGreaterThan(4.5)
      expect(contrast(value('ink', isDark), tint)).toBeGreaterThan(7)
    }
  })
})

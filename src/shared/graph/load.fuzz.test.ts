import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serializeGraph } from './canonical'
import { damagedFiles } from './damaged-files'
import { loadGraph } from './load'
import { type graph, testSpecs } from './testing'
import { validateGraph } from './validate'

describe('loadGraph on damaged files', () => {
  it('opens or refuses each of 10,000 with a sentence, loses nothing silently, and pollutes no prototype', { timeout: 180_000 }, () => {
    let opened = 0
    for (const [i, text] of [...damagedFiles(10_000, 20261123)].entries()) {
      const loaded = loadGraph(text, { specs: testSpecs })
      if (!loaded.ok) {
        expect(loaded.error.message.length).toBeGreaterThan(10)
        continue
      }
      opened++
      checkNothingLost(text, loaded.document, loaded.issues.length)
      const saved = serializeGraph(loaded.document)
      const again = loadGraph(saved, { specs: testSpecs })
      if (!again.ok) throw new Error(`what was saved does not open: ${again.error.message}\n${text}`)
      if (serializeGraph(again.document) !== saved) throw new Error(`saving is not stable for\n${text}`)
      if (i % 10 === 0) validateGraph(loaded.document, testSpecs)
      expect(Object.keys({}).length + Object.keys(Object.prototype).length).toBe(0)
    }
    expect(opened).toBeGreaterThan(5_000)
  })
})

describe('nodes from the future', () => {
  it('whatever they hold comes back byte for byte', { timeout: 60_000 }, () => {
    const key = fc
      .string({ maxLength: 8 })
      .filter((name) => !['__proto__', 'constructor', 'prototype', 'type', 'v', 'params'].includes(name))
    const node = fc.dictionary(key, fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 }).map((extra) => ({ type: 'from-the-future', ...extra }))
    fc.assert(
      fc.property(node, fc.boolean(), (odd, isPretty) => {
        fc.pre(!/"(__proto__|constructor|prototype)":/.test(JSON.stringify(odd)))
        const line = JSON.stringify(odd)
        const file = { format: 'tributary/graph', version: 1, id: 'g', nodes: { odd } }
        const loaded = loadGraph(isPretty ? JSON.stringify(file, null, 2) : JSON.stringify(file), { specs: testSpecs })
        if (!loaded.ok) throw new Error(loaded.error.message)
        // Members that the format knows are repaired when they are of the wrong type; those are listed.
        if (loaded.issues.length > 0) return
        expect(serializeGraph(loaded.document)).toContain(`"odd": ${line}\n`)
      }),
      { numRuns: 500 },
    )
  })
})

/** Every node and wire of the file is in the document, or as many issues say what became of them. */
function checkNothingLost(text: string, document: ReturnType<typeof graph>, issues: number): void {
  const raw = JSON.parse(text) as Record<string, unknown>
  const nodes = typeof raw.nodes === 'object' && raw.nodes !== null && !Array.isArray(raw.nodes) ? Object.values(raw.nodes) : []
  const wires = Array.isArray(raw.wires) ? raw.wires : []
  const lost = Math.max(0, nodes.length - Object.keys(document.nodes).length) + Math.max(0, wires.length - document.wires.length)
  if (lost > issues) throw new Error(`${lost} nodes or wires were lost, ${issues} issues say so, in\n${text}`)
  const all = JSON.stringify(document)
  const missing = wires.filter((wire) => !all.includes(JSON.stringify(wire).slice(1, -1)))
  if (missing.length > 0 && issues === 0) throw new Error(`the wire ${JSON.stringify(missing[0])} was lost in\n${text}`)
}

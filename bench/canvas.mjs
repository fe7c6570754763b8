/**
 * The canvas under load, in Chromium: opening, dragging and panning graphs of 300 and 1,000 nodes, typing while four nodes stream, a trace of 5,000 tokens, memory after fifty graphs, size of the bundle.
 * `node bench/canvas.mjs [--part motion|typing|trace|memory|bundle] [--nodes 300] [--frames 120] [--home FOLDER] [--json]`. The trace is written by SmolLM2, so it needs a data folder that has it (some ten minutes the first time). TRIBUTARY_CHROMIUM names a Chromium of the system.
 * Script time is that of DevTools' trace (tasks of the main thread that run script), summed between one frame and the next.
 */
import { parseArgs } from 'node:util'
import { withPage } from './canvas/page.mjs'
import { bundle, memory, motion, typing } from './canvas/parts.mjs'
import { trace } from './canvas/trace.mjs'

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: 'motion' },
    nodes: { type: 'string', default: '300' },
    frames: { type: 'string', default: '120' },
    home: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const options = { nodes: Number(values.nodes), frames: Number(values.frames) }
const goals = {
  motion: `script per frame p95 below ${options.nodes > 300 ? 12 : 8} ms, no other card drawn again, 300 nodes open below 1.5 s`,
  typing: 'below 50 ms from a key to its frame',
  trace: 'open below 300 ms',
  memory: 'within 10 %',
  bundle: 'reported',
}
const parts = { motion, typing, trace, memory, bundle }
const part = parts[values.part]
if (!part) throw new Error(`there is no part ${values.part}: ${Object.keys(parts).join(', ')}`)
const found =
  values.part === 'bundle' ? await bundle() : await withPage((page, browser, url) => part(page, browser, url, options), values.home)

if (values.json) console.log(JSON.stringify(found))
else {
  for (const [name, value] of Object.entries(found)) console.log(`${name}: ${sayValue(value)}`)
  console.log(`goal: ${goals[values.part]}`)
}

function sayValue(value) {
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return value.join(', ')
  return Object.entries(value)
    .map(([key, inner]) => `${key} ${typeof inner === 'object' && inner !== null ? `(${sayValue(inner)})` : inner}`)
    .join(', ')
}

import { nextFrame } from './page.mjs'

export const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
export const round = (ms) => Math.round(ms * 100) / 100

/** Script time of each frame while a hand acts `frames` times, one act a frame. */
export async function measureFrames(page, browser, frames, act) {
  await browser.startTracing(page, { categories: ['devtools.timeline', 'v8', 'disabled-by-default-devtools.timeline'] })
  for (let i = 0; i < frames; i++) {
    await act(i)
    await page.evaluate(nextFrame)
  }
  const trace = JSON.parse(String(await browser.stopTracing()))
  const { sums, threadTime } = scriptPerFrame(trace.traceEvents)
  sums.sort((a, b) => a - b)
  return {
    frames: sums.length,
    threadTime,
    scriptMs: { median: round(percentile(sums, 0.5)), p95: round(percentile(sums, 0.95)), worst: round(sums.at(-1) ?? 0) },
  }
}

/** Milliseconds of script between one animation frame and the next, from the trace of the page's main thread. */
function scriptPerFrame(events) {
  const main = events.find((event) => event.name === 'thread_name' && event.args.name === 'CrRendererMain')
  const mine = events.filter((event) => event.tid === main?.tid && event.pid === main?.pid)
  const script = new Set([
    'FunctionCall',
    'EvaluateScript',
    'FireAnimationFrame',
    'TimerFire',
    'RunMicrotasks',
    'EventDispatch',
    'V8.GCScavenger',
    'MinorGC',
    'MajorGC',
  ])
  const spans = mine
    .filter((event) => event.ph === 'X' && script.has(event.name))
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
  // Only the outermost counts: what it calls is in its time. Thread time, where the trace has it, leaves out what other processes took.
  let reached = 0
  const outer = spans.filter((event) => {
    if (event.ts < reached) return false
    reached = event.ts + (event.dur ?? 0)
    return true
  })
  const ticks = mine
    .filter((event) => event.name === 'TimeStamp' && event.args.data?.message === 'frame')
    .map((event) => event.ts)
    .sort((a, b) => a - b)
  const sums = new Array(Math.max(0, ticks.length - 1)).fill(0)
  let frame = 0
  for (const event of outer) {
    while (frame < sums.length && event.ts >= ticks[frame + 1]) frame++
    if (frame < sums.length && event.ts >= ticks[0]) sums[frame] += (event.tdur ?? event.dur ?? 0) / 1000
  }
  return { sums, threadTime: outer.some((event) => event.tdur !== undefined) }
}

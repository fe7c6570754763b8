import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { distanceOf, mergeCheckpoints, tensorsIn, tokenizerOf } from './testing/merge-checkpoints'

/**
 * Our merges beside MergeKit's own of random models, with drawn settings, several seeds and changes large and small: the folder that `tools/mergekit-cross.py` has
 * filled, where somebody names one. `parity.test.ts` holds a part of them always.
 */
const folder = process.env.TRIBUTARY_TEST_MERGEKIT
const tokens = Array.from({ length: 20 }, (_, id) => (id < 2 ? ['<s>', '</s>'][id] : String.fromCharCode(95 + id)) as string)

describe.skipIf(folder === undefined)('the numbers of MergeKit, on random models', () => {
  const root = folder ?? ''
  const out = mkdtempSync(join(tmpdir(), 'mergekit-cross-'))
  const most = new Map<string, Record<string, number>>()
  afterAll(() => {
    rmSync(out, { recursive: true })
    console.table(Object.fromEntries([...most].map(([method, by]) => [method, mapped(by, (value) => value.toExponential(1))])))
  })
  const runs = existsSync(root) ? readdirSync(root).sort() : []
  it.each(runs)('%s', async (run) => {
    for (const model of readdirSync(join(root, run)).filter((name) => /-m\d$/.test(name)))
      writeFileSync(join(root, run, model, 'tokenizer.json'), JSON.stringify(tokenizerOf(tokens)))
    const apart: string[] = []
    for (const file of readdirSync(join(root, run)).filter((name) => name.endsWith('.yml'))) {
      const method = file.slice(0, -4)
      const ours = await mergeCheckpoints(
        readFileSync(join(root, run, file), 'utf8'),
        join(root, run),
        join(out, `${run}-${method.replace(/\W+/g, '-')}`),
      )
      const { tensor, distance } = distanceOf(ours, tensorsIn(join(root, run, `${method}.safetensors`)))
      const size = run.replace(/-\d+$/, '')
      most.set(method, { ...most.get(method), [size]: Math.max(distance, most.get(method)?.[size] ?? 0) })
      // shown, not asked for: what MergeKit's own rounding makes of models that are nearly alike
      if (!method.endsWith('single precision') && !(distance < 1e-5)) apart.push(`${method}: ${distance.toExponential(1)} at ${tensor}`)
    }
    expect(apart).toEqual([])
  })
})

const mapped = (by: Readonly<Record<string, number>>, to: (value: number) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(by).map(([key, value]) => [key, to(value)]))

import { explainMiss, type KeyParts } from '../../shared/graph/content-key'
import type { NodeSpec } from '../../shared/node-spec'
import type { ModelRef } from '../../shared/value'
import type { CachedResult, OutputRefs } from './interfaces'
import type { Key } from './key'
import type { RunState } from './run-state'

const touchAfterMs = 60 * 60 * 1000

/** What the cache has for a key: a result, one that is worth nothing because a model file that it names is gone, or nothing. */
export type Found = CachedResult | 'gone' | 'nothing'

export function lookUp(run: RunState, key: string): Found {
  if (run.log.isPendingResult(key)) run.log.flush()
  const found = run.parts.store.results.find(key)
  if (!found) return 'nothing'
  if (!hasItsModels(run, found.outputs)) return 'gone'
  if (run.clock.now() - found.usedAt > touchAfterMs) run.log.touch(key)
  return found
}

/** A value that names a written model is worth nothing without the file: the store keeps values, the shelf keeps files. */
export function hasItsModels(run: RunState, outputs: OutputRefs): boolean {
  const { models, store } = run.parts
  if (!models.isPresent) return true
  for (const { kind, list, sha } of Object.values(outputs)) {
    if (kind !== 'model') continue
    const { data } = store.values.get(sha)
    for (const ref of (list ? data : [data]) as readonly ModelRef[]) if (!models.isPresent(ref)) return false
  }
  return true
}

/** Why a result is not taken from the cache; `found` is what the cache had, where somebody looked. */
export function reasonToRun(
  run: RunState,
  path: string,
  { parts }: Key,
  spec: NodeSpec,
  forced: string | undefined,
  found: Found | undefined,
): string {
  if (forced !== undefined) return forced
  if (run.options.cache === 'ignore') return 'the cache is off for this run'
  if (found === 'gone') return 'the model file is gone'
  const last = run.lastKey(path)
  // The store's own rows: parts were written by `storeResult`.
  const before = last === undefined ? undefined : (run.parts.store.results.partsOf(last) as KeyParts | undefined)
  if (last !== undefined && before === undefined) return 'its last result is no longer stored'
  return explainMiss(before, parts, spec)
}

export const reasonOfHit = (run: { readonly id: string }, result: CachedResult): string =>
  result.run === run.id ? 'the same was computed before in this run' : 'same inputs, params and models as in an earlier run'

export function storeResult(run: RunState, key: Key, path: string, outputs: OutputRefs): void {
  run.log.result({ key: key.key, parts: key.text, outputs, run: run.id, node: path })
}

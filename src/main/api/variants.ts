import type { VariantsRequest } from '../../shared/api'
import type { GraphDocument } from '../../shared/graph/document'
import { setParam, variantLabel } from '../../shared/graph/edit'
import type { RunHandle, RunRequest } from '../executor'

/**
 * Runs a graph once for each value of one param: one after the other, with one seed, so that the first computes what they share and the others find
 * it in the cache, and so that nothing but the param differs. Stopping one leaves out those that wait.
 * `start` is called for each; the handle of the first comes back, and the others follow by themselves.
 */
export function runVariants(
  { scope, node, param, values }: Pick<VariantsRequest, 'scope' | 'node' | 'param' | 'values'>,
  document: GraphDocument,
  options: { readonly inputs: Readonly<Record<string, unknown>>; readonly seed: number; readonly group: string },
  start: (request: RunRequest) => RunHandle,
): RunHandle {
  const { inputs, seed, group } = options
  const startOne = (index: number): RunHandle => {
    const value = values[index] ?? null
    const variant = { group, label: variantLabel(index), ...(scope === undefined ? {} : { scope }), node, param, value }
    const handle = start({ document: setParam(document, { scope, node, param, value }).document, inputs, options: { seed, variant } })
    void handle.done.then(({ status }) => {
      if (status !== 'stopped' && index + 1 < values.length) startOne(index + 1)
    })
    return handle
  }
  return startOne(0)
}

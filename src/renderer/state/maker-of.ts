import type { NodeState } from '../../shared/run/fold'

/** Path in the run of the node that made the value with this hash; of a container and a node inside it, the inner one; undefined: none did. Pure. */
export function makerOf(sha: string, nodes: { readonly [path: string]: NodeState }): string | undefined {
  const depth = (path: string): number => path.split('/').length
  return Object.keys(nodes)
    .filter((path) => Object.values(nodes[path]?.outputs ?? {}).some((output) => output.sha === sha))
    .reduce<string | undefined>((best, path) => (best === undefined || depth(path) > depth(best) ? path : best), undefined)
}

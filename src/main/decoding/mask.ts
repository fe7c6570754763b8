import type { Row } from './row'

/** out = the scores of the tokens `ids`, all others impossible. */
export function keepOnly(ids: Int32Array, of: Row, out: Row): void {
  out.values.fill(-Infinity)
  for (const id of ids) out.values[id] = of.values[id] as number
  out.touch()
}

import type { NodeSpec } from '../../shared/node-spec'
import type { WireFamily } from '../../shared/wire'

/** The hue of a card: the family of wire that the node is about. */
export function familyOf(spec: NodeSpec | undefined): WireFamily {
  if (spec?.family === 'merging') return 'weights'
  if (spec?.family === 'ensemble') return 'tokens'
  if (spec?.family === 'cooperation') return 'text'
  return 'model'
}

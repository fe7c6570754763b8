import type { GraphNode } from '../../shared/graph/document'
import type { NodeSpec } from '../../shared/node-spec'
import type { Card } from './cards'

/** What a node is called: its own title, else that of its kind. */
export const nameOf = (id: string, node: GraphNode, spec: NodeSpec | undefined): string =>
  node.title?.split('\n')[0]?.trim() || spec?.title || node.type || id

/** What of a node shows on its card as a whole, near and far. */
export const classesOf = ({ node, spec, collapsed }: Card, selected: boolean): string =>
  [
    'card',
    selected ? 'is-selected' : '',
    node.muted ? 'is-muted' : '',
    node.bypassed ? 'is-bypassed' : '',
    spec ? '' : 'is-ghost',
    collapsed ? 'is-collapsed' : '',
  ]
    .filter(Boolean)
    .join(' ')

import { type Edited, edited } from '../../shared/graph/diff'
import { type GraphDocument, parseEndpoint } from '../../shared/graph/document'
import { setParam, setTitle } from '../../shared/graph/edit'
import { pasteFragment } from '../../shared/graph/edits/paste'
import { copyFragment } from '../../shared/graph/fragment'
import type { OutlineToken } from '../../shared/trace/trace'
import { shown } from './rows'

/** A branch: the same node once more, whose text begins with the tokens before a place and another choice at it. */
export interface Fork {
  readonly node: string
  /** how the node is called now */
  readonly title: string
  readonly tokens: readonly OutlineToken[]
  readonly at: number
  readonly choice: string
  /** where the card goes */
  readonly place: { readonly x: number; readonly y: number }
}

/** The sign that stands for the end of the text among candidates. */
export const endSign = '⏹'

/** Why no branch can begin here with this choice, in a sentence; undefined where one can. */
export function whyNoFork({ tokens, at, choice }: Pick<Fork, 'tokens' | 'at' | 'choice'>): string | undefined {
  const before = tokens
    .slice(0, at)
    .map(({ text }) => text)
    .join('')
  if (tokens[at]?.text === choice) return 'This is the token that was written.'
  if (choice === endSign) return 'The text would end here.'
  if (choice === '') return 'This token writes nothing.'
  if (`${before}${choice}`.includes('\ufffd')) return 'The text would be cut within a character.'
  return undefined
}

export const forkPrefix = ({ tokens, at, choice }: Pick<Fork, 'tokens' | 'at' | 'choice'>): string =>
  `${tokens
    .slice(0, at)
    .map(({ text }) => text)
    .join('')}${choice}`

/** One edit: a copy on the same inputs, with its beginning and a title that says where it branched. */
export function forkNode(document: GraphDocument, fork: Fork): Edited & { readonly id: string } {
  const fragment = copyFragment(document, { nodes: [fork.node] })
  const pasted = pasteFragment(document, { fragment, at: fork.place, keepIncoming: true })
  const id = pasted.ids.get(fork.node) ?? fork.node
  const begun = setParam(pasted.document, { node: id, param: 'prefix', value: forkPrefix(fork) })
  const title = `${fork.title.replace(/, forked at \d+: ‘.*’$/u, '')}, forked at ${fork.at + 1}: ‘${shown(fork.choice).trim()}’`
  const titled = setTitle(begun.document, { node: id, title })
  return { ...edited(document, titled.document), id }
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const gap = 48

/** Below a card, and below whatever stands there already. */
export function placeBelow(card: Box, others: readonly Box[]): { x: number; y: number } {
  let y = card.y + card.height + gap
  const inColumn = others.filter((box) => box.x < card.x + card.width + gap && box.x + box.width + gap > card.x).sort((a, b) => a.y - b.y)
  for (const box of inColumn) if (box.y < y + card.height + gap && box.y + box.height + gap > y) y = box.y + box.height + gap
  return { x: Math.round(card.x), y: Math.round(y) }
}

/** Nodes of one type that read the same wires: branches of one text. The node itself is not among them. */
export function branchesOf(document: GraphDocument, node: string): string[] {
  const wiresOf = (id: string): string =>
    document.wires
      .flatMap(({ from, to }) => {
        const end = parseEndpoint(to)
        return end?.node === id ? [`${from}>${end.port}#${end.order ?? ''}`] : []
      })
      .sort()
      .join(' ')
  const own = wiresOf(node)
  const type = document.nodes[node]?.type
  return own === ''
    ? []
    : Object.keys(document.nodes).filter((id) => id !== node && document.nodes[id]?.type === type && wiresOf(id) === own)
}

import { canonicalJson, isJsonObject, type Json } from '../json'
import { sameJson } from './diff'
import { type GraphNode, graphNode } from './document'

/**
 * A node that this application does not know goes back into the file as it came, byte for byte: in its own order of keys, with numbers and escapes as they were written.
 * Its text (without blanks between tokens) rides along in this member, and is written out again as long as the node still says the same.
 */
export const SOURCE_MEMBER = '~source'

/** The ghost with its text, if its canonical line would be another one. */
export function rememberSource(node: GraphNode, source: string): GraphNode {
  const text = withoutBlanks(source)
  return canonicalJson(node) === text || !says(text, node) ? node : { ...node, [SOURCE_MEMBER]: text }
}

/** The line of a node in the file. */
export function nodeLine(node: unknown): string {
  if (!isJsonObject(node) || !Object.hasOwn(node, SOURCE_MEMBER)) return canonicalJson(node)
  const { [SOURCE_MEMBER]: source, ...rest } = node
  return typeof source === 'string' && says(source, rest) ? source : canonicalJson(rest)
}

/** Is `text` one line of JSON that means this very node? */
function says(text: string, node: unknown): boolean {
  if (/[\n\r]/.test(text)) return false
  try {
    const parsed = graphNode.safeParse(JSON.parse(text))
    return parsed.success && sameJson(parsed.data as Json, node as Json)
  } catch {
    return false
  }
}

/** JSON text without what stands between its tokens. */
const withoutBlanks = (text: string): string =>
  text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_match, string: string | undefined) => string ?? '')

import { TributaryError } from '../../shared/errors'
import { type Compiled, leavesUnder, type PlanNode } from './compile'
import { type Leaf, mergeEndTokens } from './leaf'
import type { PromptOf, Sweep } from './operator'
import { type Row, RowSpace } from './row'
import type { Runtime } from './source'

/** Prompt positions whose rows are held at once. */
const chunk = 8

/** Lets operators that weigh their inputs by the prompts do so, before the first token. Sequences are left as they are after opening, unread but for a prefix. */
export async function prepareOperators({ root }: Compiled, runtime: Runtime, signal: AbortSignal): Promise<void> {
  const visit = async (node: PlanNode): Promise<void> => {
    if (node.type === 'leaf') return
    for (const input of Object.values(node.inputs)) for (const item of listOf(input)) await visit(item)
    const { prepare } = node.operator.work
    if (prepare === undefined) return
    const prompts = Object.fromEntries(
      Object.entries(node.inputs).map(([port, input]) => [port, listOf(input).map((item) => onlyLeaf(item, node.operator.spec.title))]),
    )
    const sweep: Sweep = (some, from, show) => sweepPrompts(some as readonly Leaf[], from, show, runtime, signal)
    node.bridge = await prepare(promptsOf(prompts) as never, node.params as never, sweep)
  }
  await visit(root)
}

const listOf = (input: PlanNode | readonly PlanNode[] | undefined): readonly PlanNode[] =>
  input === undefined ? [] : Array.isArray(input) ? input : [input as PlanNode]

/** A leaf is its own prompt: it has name, vocabulary and tokens. */
const promptsOf = (leaves: Readonly<Record<string, readonly Leaf[]>>): Readonly<Record<string, readonly PromptOf[]>> => leaves

function onlyLeaf(node: PlanNode, title: string): Leaf {
  const leaves = [...new Set(leavesUnder(node))]
  if (leaves.length === 1) return leaves[0] as Leaf
  throw new TributaryError('input-type', `${title} weighs single models by their prompts; one of its inputs is made of ${leaves.length}.`, {
    hint: 'connect models to it directly, and put other operators behind it',
  })
}

/** See `Sweep`. Takes the caches back to nothing first, and to all but the last token of each prompt at the end. */
async function sweepPrompts(
  leaves: readonly Leaf[],
  from: number,
  show: (position: number, rows: readonly Row[]) => void,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<void> {
  const space = new RowSpace()
  try {
    const last = Math.min(...leaves.map((leaf) => leaf.tokens.length)) - 1
    const rows = leaves.map((leaf) => space.rows(chunk, leaf.vocabulary.size))
    for (const leaf of leaves) leaf.sequence.truncate(0)
    if (from > 0)
      await runtime.evaluate(
        leaves.map(({ sequence, tokens }) => ({ sequence, tokens: tokens.slice(0, from), rows: [] })),
        { signal },
      )
    for (let start = from; start < last; start += chunk) {
      const end = Math.min(last, start + chunk)
      const requests = leaves.map(({ sequence, tokens }, i) => ({
        sequence,
        tokens: tokens.slice(start, end),
        rows: (rows[i] as Row[]).slice(0, end - start).map((row) => row.values),
      }))
      await runtime.evaluate(requests, { signal })
      for (let position = start; position < end; position++) show(position, rowsAt(leaves, rows, position - start))
    }
  } finally {
    space.release()
  }
}

function rowsAt(leaves: readonly Leaf[], rows: readonly Row[][], i: number): Row[] {
  return leaves.map((leaf, member) => {
    const row = rows[member]?.[i] as Row
    mergeEndTokens(row.values, leaf.vocabulary.endTokens)
    row.touch()
    return row
  })
}

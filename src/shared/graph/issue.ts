import type { Json } from '../json'
import type { WireKind } from '../wire'

/**
 * What is wrong with a document. An issue never stops a document from opening; an `error` stops the nodes it names from running.
 * Codes are append-only.
 */
export type IssueCode =
  // found while loading: the document was repaired and says how
  | 'repaired'
  | 'set-aside'
  | 'renamed'
  | 'duplicate-key'
  | 'number-rounded'
  | 'requires'
  | 'import-unsupported'
  | 'migrated'
  // nodes
  | 'unknown-type'
  | 'node-newer'
  | 'node-outdated'
  | 'unknown-param'
  | 'param-type'
  | 'param-range'
  | 'param-choice'
  | 'param-missing'
  | 'too-many-ports'
  | 'policy-default'
  // models
  | 'model-unset'
  | 'model-alias'
  | 'model-missing'
  | 'model-unfit'
  // wires
  | 'input-open'
  | 'wire-malformed'
  | 'wire-dangling'
  | 'wire-kind'
  | 'wire-duplicate'
  | 'cycle'
  // interface and structure
  | 'output-open'
  | 'output-dangling'
  | 'output-kind'
  | 'output-unreachable'
  | 'input-default'
  | 'input-unused'
  | 'no-outputs'
  | 'unused-node'
  | 'subgraph-missing'
  | 'subgraph-cycle'
  | 'expansion'

export type Severity = 'error' | 'warning' | 'info'

/** What would put it right, as data: a button in the window, a hint on the terminal. */
export type Remedy =
  | { readonly type: 'insert-converter'; readonly from: string; readonly to: string; readonly nodeType: string }
  | { readonly type: 'connect'; readonly to: string; readonly kind: WireKind }
  | { readonly type: 'disconnect'; readonly from: string; readonly to: string }
  | { readonly type: 'set-param'; readonly node: string; readonly param: string; readonly value?: Json }
  | { readonly type: 'remove-param'; readonly node: string; readonly param: string }
  | { readonly type: 'choose-model'; readonly node: string; readonly param: string }
  | { readonly type: 'pull-model'; readonly alias: string; readonly catalog?: string }
  | { readonly type: 'replace-model'; readonly alias: string }
  | { readonly type: 'replace-node'; readonly node: string; readonly nodeType: string }
  | { readonly type: 'upgrade-node'; readonly node: string }
  | { readonly type: 'remove-node'; readonly node: string }
  | { readonly type: 'add-output'; readonly from: string }

export interface Issue {
  readonly code: IssueCode
  readonly severity: Severity
  /** one sentence that says what and where */
  readonly message: string
  /** id of the subgraph it is in; absent for the graph itself */
  readonly scope?: string
  readonly node?: string
  readonly port?: string
  readonly wire?: { readonly from: string; readonly to: string }
  readonly remedy?: Remedy
}

const openEnds: ReadonlySet<IssueCode> = new Set(['input-open', 'output-open', 'model-unset', 'param-missing'])

/** Nothing is wrong yet: a wire, a model or a choice is still to come. Such a node cannot run either. */
export const isIncomplete = ({ code, severity }: Pick<Issue, 'code' | 'severity'>): boolean => severity === 'error' && openEnds.has(code)

/** A node as a person knows it: its title if it has one, and its id. */
export function nameNode(id: string, node: { readonly title?: string | undefined } | undefined): string {
  const title = node?.title?.split('\n')[0]?.trim()
  return title ? `“${title.slice(0, 60)}” (${id})` : `“${id}”`
}

import type { ErrorReport } from '../errors'
import { sha256 } from '../hash'
import { isJsonObject } from '../json'
import { findTooMany } from './counts'
import { FRAGMENT_FORMAT, GRAPH_FORMAT, GRAPH_VERSION, type GraphDocument } from './document'
import { findGhosts, type Ghost, withSources } from './ghosts'
import type { Issue } from './issue'
import { graphLimits } from './limits'
import { migrateDocument } from './migrate-document'
import { type Draft, repair } from './repair'
import { checkRequires } from './requires'
import { type NodeSpan, scanJson } from './scan'
import type { NodeSpecs } from './specs'

export interface LoadOptions {
  /** named in messages */
  readonly file?: string
  /** without it no node is called a ghost */
  readonly specs?: NodeSpecs
  /** version of the application and its features, compared with what the file asks for */
  readonly app?: string
  readonly features?: readonly string[]
}

export type { Ghost } from './ghosts'

export type Loaded =
  | { readonly ok: true; readonly document: GraphDocument; readonly issues: readonly Issue[]; readonly ghosts: readonly Ghost[] }
  | { readonly ok: false; readonly error: ErrorReport }

/**
 * Opens a graph file, or says in one sentence why not. Total: any text, bytes or value gives one of the two, and nothing is thrown.
 * What opens is complete: whatever had to be repaired or kept aside is listed in `issues`. Problems of wiring and params are `validate`'s business.
 */
export function loadGraph(input: unknown, options: LoadOptions = {}): Loaded {
  const text = toText(input)
  if (text === undefined) return refuse('graph-not-json', 'this is not a graph file: it is not JSON text', options)
  const tooLarge = refuseSize(text, options)
  if (tooLarge) return tooLarge
  const scanned = scanJson(text)
  if (!scanned.ok) {
    const code = scanned.tooLarge ? 'graph-too-large' : 'graph-format'
    return refuse(code, `${nameFile(options)} cannot be opened: ${scanned.reason}`, options)
  }
  let value: unknown
  try {
    value = JSON.parse(text, scanned.scan.roundedNumbers.length > 0 ? finite : undefined)
  } catch (cause) {
    return refuseSyntax(text, cause, options)
  }
  const wrongHead = refuseHead(value, options)
  if (wrongHead) return wrongHead
  const issues: Issue[] = [
    ...scanned.scan.duplicates.map((path) => note('duplicate-key', `the key at ${path} stands twice in the file; the last one counts`)),
    ...scanned.scan.roundedNumbers.map(({ path, text }) =>
      note('number-rounded', `the number ${text} at ${path} cannot be held exactly and is rounded`),
    ),
  ]
  return finish(value as Draft, { text, spans: scanned.scan.nodes }, issues, options)
}

/** The text of the file, and where its nodes stand in it. */
interface Origin {
  readonly text: string
  readonly spans: readonly NodeSpan[]
}

function finish(draft: Draft, origin: Origin, issues: Issue[], options: LoadOptions): Loaded {
  if (typeof draft.id !== 'string' || draft.id === '') {
    issues.push(note('repaired', 'the graph had no id and got one made of its content'))
    draft.id = `g_${sha256(origin.text).slice(0, 12)}`
  }
  if (Array.isArray(draft.setAside) && draft.setAside.length > 0) {
    issues.push(
      note(
        'set-aside',
        `${draft.setAside.length} parts of this graph were unusable when it was opened before and are kept aside in the file`,
      ),
    )
  }
  const tooMany = findTooMany(draft)
  if (tooMany !== undefined) return refuse('graph-too-large', `${nameFile(options)} ${tooMany}`, options)
  const migrated = migrateDocument(draft)
  const repaired = repair(migrated.draft)
  const ghosts = findGhosts(repaired.document, options.specs)
  const document = withSources(repaired.document, ghosts, origin)
  return { ok: true, document, issues: [...issues, ...checkRequires(document, options), ...migrated.issues, ...repaired.issues], ghosts }
}

/** A value that is not text goes through JSON once, so that what is inside can be nothing but JSON. */
function toText(input: unknown): string | undefined {
  try {
    if (typeof input === 'string') return withoutMark(input)
    if (input instanceof Uint8Array) return withoutMark(new TextDecoder().decode(input))
    return JSON.stringify(input)
  } catch {
    return undefined
  }
}

/** A byte order mark is an editor's habit, not content. */
const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)

function refuseSize(text: string, options: LoadOptions): Loaded | undefined {
  const over = text.length > graphLimits.bytes || new TextEncoder().encode(text).length > graphLimits.bytes
  if (!over) return undefined
  const limit = graphLimits.bytes / 1024 / 1024
  return refuse('graph-too-large', `${nameFile(options)} is larger than ${limit} MiB, the most that a graph file may have`, options, {
    hint: 'keep long texts and data in files of their own and point nodes at them',
  })
}

function refuseSyntax(text: string, cause: unknown, options: LoadOptions): Loaded {
  if (text.trim() === '') return refuse('graph-not-json', `${nameFile(options)} is empty`, options)
  const said = cause instanceof Error ? cause.message : String(cause)
  const position = syntaxPosition(text, said)
  const line = position === undefined ? undefined : text.slice(0, position).split('\n').length
  return refuse('graph-not-json', `${nameFile(options)} is not JSON: ${said.slice(0, 200)}`, options, line === undefined ? {} : { line })
}

/** Engines tell the place as a number or show some characters before and after it. */
function syntaxPosition(text: string, said: string): number | undefined {
  const stated = /position (\d+)/.exec(said)?.[1]
  if (stated !== undefined) return Number(stated)
  const shown = /\.\.\."(.*?)"(?:\.\.\.)? is not valid JSON$/s.exec(said)?.[1]
  const at = shown === undefined ? -1 : text.indexOf(shown)
  return at < 0 ? undefined : at + charactersBefore
}

const charactersBefore = 10

/** Whose workflow it looks like, by the keys that their exports have, and what can be opened instead. */
function hintForForeign(value: Readonly<Record<string, unknown>>): string {
  const has = (...keys: readonly string[]): boolean => keys.every((key) => Object.hasOwn(value, key))
  const isPrompt = Object.values(value).some((node) => isJsonObject(node) && typeof node.class_type === 'string')
  const maker =
    has('nodes', 'links') || isPrompt
      ? 'ComfyUI'
      : has('nodes', 'connections')
        ? 'n8n'
        : has('nodes', 'edges') || (isJsonObject(value.data) && Object.hasOwn(value.data, 'edges'))
          ? 'Langflow or Flowise'
          : undefined
  const can = 'open a file that was exported here (.trib.json), or a configuration of MergeKit (.yaml)'
  return maker === undefined ? can : `it looks like a workflow of ${maker}, whose nodes are not known here; ${can}`
}

/** Format and version come first: they say whether the rest may be read at all. */
function refuseHead(value: unknown, options: LoadOptions): Loaded | undefined {
  if (!isJsonObject(value)) return refuse('graph-format', `${nameFile(options)} is JSON, but not a graph: a graph is an object`, options)
  if (value.format === FRAGMENT_FORMAT) {
    return refuse('graph-format', `${nameFile(options)} is a fragment of a graph`, options, { hint: 'open a graph and paste it there' })
  }
  if (value.format !== GRAPH_FORMAT) {
    return refuse('graph-format', `${nameFile(options)} is JSON, but not a graph: its "format" is not "${GRAPH_FORMAT}"`, options, {
      hint: hintForForeign(value),
    })
  }
  if (typeof value.version === 'number' && value.version > GRAPH_VERSION) {
    return refuse(
      'graph-newer',
      `${nameFile(options)} has format version ${value.version}; this application reads up to ${GRAPH_VERSION}`,
      options,
      {
        hint: 'update the application',
      },
    )
  }
  return undefined
}

/** JSON knows numbers that a double does not: 1e999 becomes the largest double, and the issue says so. */
const finite = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? Math.sign(value) * Number.MAX_VALUE : value

const note = (code: Issue['code'], message: string): Issue => ({ code, severity: 'warning', message })

const nameFile = (options: LoadOptions): string => (options.file === undefined ? 'the file' : `the file “${options.file}”`)

/** Names of files keep their own first letter. */
function asSentence(text: string): string {
  const begun = /^(the|this) /.test(text) ? `T${text.slice(1)}` : text
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}

function refuse(code: ErrorReport['code'], message: string, options: LoadOptions, more: { hint?: string; line?: number } = {}): Loaded {
  return {
    ok: false,
    error: { code, message: asSentence(message), ...(options.file === undefined ? {} : { file: options.file }), ...more },
  }
}

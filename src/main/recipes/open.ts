import type { GraphDocument, ModelAlias } from '../../shared/graph/document'
import type { Issue } from '../../shared/graph/issue'
import type { ModelRef } from '../../shared/value'
import type { FileProvenance } from '../weights/provenance'
import { graphOf } from './graph'
import { importMergekit } from './mergekit/import'
import { parseRecipe } from './recipe'

/** A model that is here, as far as names and hashes need to be compared. */
export interface KnownModel {
  readonly name: string
  readonly sha256: string
}

export interface DrawnGraph {
  readonly document: GraphDocument
  readonly issues: readonly Issue[]
}

/** The graph that made a file, with a note of its seed and its sources' hashes. Throws `recipe-unreadable`. */
export function openRecipe(from: FileProvenance): DrawnGraph {
  const document = graphOf(parseRecipe(from.recipe), aliasByHash)
  const rows = from.inputs.map(({ name, sha256 }) => `- ${plain(name)}: \`${plain(sha256).slice(0, 16)}…\``)
  const text = [
    '**Opened from the recipe in the file.**',
    '',
    ...rows,
    '',
    `Seed ${from.seed}, engine ${plain(from.version)}. The same sources give the same bytes again.`,
    ...from.warnings.map((warning) => `> ${plain(warning)}`),
  ].join('\n')
  const note = {
    id: 'n-recipe',
    x: 0,
    y: -60 - 26 * rows.length - 160,
    width: 520,
    height: 150 + 26 * rows.length,
    text: text.slice(0, 4000),
  }
  return {
    document: { ...document, ui: { ...document.ui, notes: [note] } },
    issues: /"(baseS|s)tatistics":/.test(from.recipe) ? [lostStatistics] : [],
  }
}

/** A MergeKit configuration as a graph. Models that are here under the name (or its last part) are taken; the others are problems of the graph, with their remedies. */
export function openMergekit(text: string, library: readonly KnownModel[]): DrawnGraph {
  const { recipe, issues } = importMergekit(text)
  return { document: graphOf(recipe, (ref) => aliasByName(ref, library)), issues }
}

const lostStatistics: Issue = {
  code: 'import-unsupported',
  severity: 'warning',
  message: 'The statistics that this merge weighed by are not in its file: measure them again and wire them to the Merger.',
}

const hash = /^[0-9a-f]{64}$/

const aliasByHash = ({ id, name }: ModelRef): ModelAlias => (hash.test(id) ? { sha256: id, hint: name } : { hint: name })

function aliasByName({ name }: ModelRef, library: readonly KnownModel[]): ModelAlias {
  const same = (wanted: string): KnownModel | undefined => library.find((model) => model.name.toLowerCase() === wanted.toLowerCase())
  const found = same(name) ?? same(name.split('/').at(-1) ?? name)
  return found ? { sha256: found.sha256, hint: name } : { hint: name }
}

/** Texts of a file become Markdown on the canvas: one line, no markup. */
const plain = (text: string): string => text.replace(/[\r\n`*_[\]<>|]/g, ' ').slice(0, 200)

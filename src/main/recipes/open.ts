import type { GraphDocument, ModelAlias } from '../../shared/graph/document'
import type { Issue } from '../../shared/graph/issue'
import { isJsonObject, type JsonObject } from '../../shared/json'
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
  const document = graphOf(parseRecipe(from.recipe), aliasByHash, from.statistics)
  const rows = from.inputs.map(({ name, sha256 }) => `- ${plain(name)}: \`${plain(sha256).slice(0, 16)}…\``)
  const text = [
    '**Opened from the recipe in the file.**',
    '',
    ...rows,
    '',
    `Seed ${from.seed}, engine ${plain(from.version)}. The same sources give the same ${from.searches.length > 0 ? 'numbers' : 'bytes'} again.`,
    ...from.statistics.flatMap(({ made }) => (made === undefined ? [] : [`> Statistics: ${plain(madeText(made))}`])),
    ...from.searches.map((search) => `> Search: ${plain(searchText(search))}`),
    ...(from.licence === undefined ? [] : [`> Licence: ${plain(from.licence)}`]),
    ...(from.canary === undefined ? [] : [`> Canary check: ${plain(canaryText(from.canary))}`]),
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
    issues: from.statistics.length > 0 ? [keptStatistics] : [],
  }
}

/** A MergeKit configuration as a graph. Models that are here under the name (or its last part) are taken; the others are problems of the graph, with their remedies. */
export function openMergekit(text: string, library: readonly KnownModel[]): DrawnGraph {
  const { recipe, issues } = importMergekit(text)
  return { document: graphOf(recipe, (ref) => aliasByName(ref, library)), issues }
}

const keptStatistics: Issue = {
  code: 'import-unsupported',
  severity: 'warning',
  message:
    'This merge weighed by statistics that are not in its file: on the machine that measured them they are found by their hash; elsewhere measure them again, as the nodes Kept statistics say.',
}

const hash = /^[0-9a-f]{64}$/

const aliasByHash = ({ id, name }: ModelRef): ModelAlias => (hash.test(id) ? { sha256: id, hint: name } : { hint: name })

function aliasByName({ name }: ModelRef, library: readonly KnownModel[]): ModelAlias {
  const same = (wanted: string): KnownModel | undefined => library.find((model) => model.name.toLowerCase() === wanted.toLowerCase())
  const found = same(name) ?? same(name.split('/').at(-1) ?? name)
  return found ? { sha256: found.sha256, hint: name } : { hint: name }
}

/** What measured them, of what, on what; and what stands in for the real thing. */
function madeText({ node, models, texts, approximation }: JsonObject): string {
  const on = isJsonObject(texts) ? ` on ${String(texts.rows)} rows of ${String(texts.name)}` : ''
  return `${String(node)}${Array.isArray(models) ? ` of ${models.join(', ')}` : ''}${on}.${approximation === undefined ? '' : ` ${String(approximation)}`}`
}

/** How the numbers were found, and on which rows. */
function searchText({ node, search, tried, best, rows }: JsonObject): string {
  const on = isJsonObject(rows) ? ` on ${String(rows.count)} rows of ${String(rows.name)} (kept for: ${String(rows.keptFor)})` : ''
  const loss = typeof best === 'number' ? `, best loss ${best.toFixed(4)}` : ''
  return `${String(node)}${search === undefined ? '' : ` by ${String(search)}`}, ${String(tried)} candidates${on}${loss}.`
}

const canaryText = ({ refusedUnsafe, refusedHarmless, prompts, set }: JsonObject): string => {
  const share = (value: unknown): string => (typeof value === 'number' ? `${Math.round(100 * value)} %` : 'none asked')
  return `unsafe prompts refused ${share(refusedUnsafe)}, harmless ones ${share(refusedHarmless)} (${String(prompts)} prompts, ${String(set)}).`
}

/** Texts of a file become Markdown on the canvas: one line, no markup. */
const plain = (text: string): string => text.replace(/[\r\n`*_[\]<>|]/g, ' ').slice(0, 200)

import { TributaryError } from '../../shared/errors'
import type { GraphDocument } from '../../shared/graph/document'
import { loadGraph } from '../../shared/graph/load'
import { createCatalog } from '../nodes/catalog'
import { recipeOfGraph } from '../recipes/expression'
import { isMergekit } from '../recipes/mergekit/config'
import { type Exported, exportMergekit } from '../recipes/mergekit/export'
import { type DrawnGraph, openMergekit, openRecipe } from '../recipes/open'
import { provenanceOf } from '../weights/provenance'
import type { House } from './house'

/** A text as a graph: a graph file, or a MergeKit configuration drawn as one. What a file called YAML holds is read as the latter, so that its faults are told as such. */
export async function graphOfText(house: Pick<House, 'shelf' | 'specs'>, text: string, file = ''): Promise<DrawnGraph> {
  if (isMergekit(text) || (/\.ya?ml$/i.test(file) && !text.trimStart().startsWith('{'))) {
    const library = (await house.shelf.list()).filter(({ state }) => state === 'present')
    return openMergekit(text, library)
  }
  const loaded = loadGraph(text, { specs: house.specs })
  if (!loaded.ok) throw TributaryError.fromReport(loaded.error)
  return loaded
}

/** The graph that made this model of the library. Throws `not-found` for a model that no merge made, or that is not here. */
export async function graphOfModel({ shelf }: Pick<House, 'shelf'>, sha256: string): Promise<DrawnGraph> {
  const model = await shelf.find(sha256)
  if (!model) throw new TributaryError('not-found', `No model of the library has the hash ${sha256.slice(0, 12)}….`)
  return graphOfFile(model.path, model.name)
}

/** The same for a file that need not be in the library. */
export async function graphOfFile(path: string, name: string): Promise<DrawnGraph> {
  const from = await provenanceOf(path)
  if (!from)
    throw new TributaryError('not-found', `${name} carries no recipe: it was not merged here.`, {
      hint: 'Files that Write model makes carry the graph that made them.',
    })
  return openRecipe(from)
}

export async function mergekitOf(document: GraphDocument): Promise<Exported> {
  const catalog = createCatalog()
  return exportMergekit(await recipeOfGraph(document, (type) => catalog.get(type)))
}

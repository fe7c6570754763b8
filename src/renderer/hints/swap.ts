import type { TemplateCard } from '../../shared/api'
import type { GraphDocument } from '../../shared/graph/document'
import { merge3 } from '../../shared/graph/merge3'

/**
 * The graph on real models: what its template changes between toys and real models (models, prompts that a real model reads, defaults of inputs) is merged
 * into what the person made of it. What the person changed stays theirs. Pure.
 */
export function onRealModels(now: GraphDocument, toys: GraphDocument, real: GraphDocument): GraphDocument {
  const as = ({ id, name }: GraphDocument, document: GraphDocument): GraphDocument => ({ ...document, id, name, ui: now.ui })
  return merge3(as(now, toys), now, as(now, real)).document
}

/** The template that the graph began as, while one of its toys is still there to be swapped. */
export function swappable(document: GraphDocument, templates: readonly TemplateCard[]): TemplateCard | undefined {
  const template = templates.find(({ id, realModels }) => id === document.ui.template && realModels.length > 0)
  const isToy = (alias: string) => {
    const [now, before] = [document.models[alias], template?.document.models[alias]]
    return now !== undefined && now.catalog === before?.catalog
  }
  return template?.realModels.some(({ alias }) => isToy(alias)) ? template : undefined
}

import type { ModelCard, RunPlan } from '../../shared/api'
import { edited } from '../../shared/graph/diff'
import type { GraphDocument } from '../../shared/graph/document'
import { type Edited, setModelAlias, setParam } from '../../shared/graph/edit'
import { aliasOf, resolveModel } from '../../shared/graph/models'
import { aliasFor } from '../state/editing'

/** What would make a plan fit, or spare it a second load: each one edit, which is offered only where it changes something. Pure. */
export interface PlanFix {
  readonly label: string
  /** what it saves, and what it costs */
  readonly effect: string
  change(document: GraphDocument): Edited
}

/** Most that is offered: a choice, not a list. */
const most = 4

export function planFixes(plan: Pick<RunPlan, 'fits' | 'reloads'>, document: GraphDocument, library: readonly ModelCard[]): PlanFix[] {
  if (plan.fits && plan.reloads === 0) return []
  const used = usedModels(document, library)
  return [...smaller(used, library), ...shared(used), ...inSequence(document)].slice(0, most)
}

interface Used {
  readonly alias: string
  readonly card: ModelCard
}

/** Models that a node names, largest first. */
function usedModels(document: GraphDocument, library: readonly ModelCard[]): Used[] {
  const named = new Set(
    Object.values(document.nodes).flatMap((node) => Object.values(node.params).flatMap((value) => aliasOf(value) ?? [])),
  )
  return [...named]
    .flatMap((alias) => {
      const model = document.models[alias]
      const found = model && resolveModel(model, library)
      const card = found && library.find((candidate) => candidate === found)
      return card ? [{ alias, card }] : []
    })
    .sort((a, b) => b.card.sizeBytes - a.card.sizeBytes)
}

/** The same model in another quantisation, else the next smaller one that can do the same. */
function smaller(used: readonly Used[], library: readonly ModelCard[]): PlanFix[] {
  return used.slice(0, 2).flatMap(({ alias, card }) => {
    const fitting = library.filter(
      (other) =>
        other.state === 'present' &&
        other.sha256 !== card.sha256 &&
        other.sizeBytes < card.sizeBytes * 0.9 &&
        card.goodFor.every((need) => other.goodFor.includes(need)),
    )
    const isTwin = (other: ModelCard) =>
      other.architecture === card.architecture && other.parameters === card.parameters && other.vocabulary === card.vocabulary
    const best = fitting.sort((a, b) => Number(isTwin(b)) - Number(isTwin(a)) || b.sizeBytes - a.sizeBytes)[0]
    return best
      ? [replace(alias, card, best, isTwin(best) ? 'the same model, coarser numbers' : 'a smaller model: answers will differ')]
      : []
  })
}

/** Two models that can do the same become one: it is loaded once. */
function shared(used: readonly Used[]): PlanFix[] {
  const [large, ...others] = used
  const one = others.find(
    ({ card }) => large && card.sha256 !== large.card.sha256 && large.card.goodFor.every((need) => card.goodFor.includes(need)),
  )
  return large && one ? [replace(large.alias, large.card, one.card, `shares the one that “${one.alias}” uses`)] : []
}

function replace(alias: string, before: ModelCard, after: ModelCard, cost: string): PlanFix {
  return {
    label: `Use ${after.name} for “${alias}”`,
    effect: `saves about ${Math.round((before.sizeBytes - after.sizeBytes) / 1e6)} MB; ${cost}`,
    change: (document) => setModelAlias(document, { alias, model: aliasFor(after) }),
  }
}

/** Items of a Map one after the other: fewer contexts at once. */
function inSequence(document: GraphDocument): PlanFix[] {
  const parallel = Object.entries(document.nodes).filter(([, { type, params }]) => type === 'map' && params.parallel !== 1)
  if (parallel.length === 0) return []
  return [
    {
      label: 'Run items one after the other',
      effect: 'fewer contexts at once; slower',
      change: (document) => {
        const next = parallel.reduce((at, [node]) => setParam(at, { node, param: 'parallel', value: 1 }).document, document)
        return edited(document, next)
      },
    },
  ]
}

import { GitCompareArrows, MessageCircleQuestion } from 'lucide-react'
import type { ModelCard } from '../../shared/api'
import { isJsonObject, type Json } from '../../shared/json'
import type { OutputState } from '../../shared/run/fold'
import { useOutput } from '../panels/OutputValue'
import { askModels } from '../state/ask-models'
import { useApp, useCatalog } from '../state/hooks'
import { itemsOf } from '../viewers/items'
import { field } from '../viewers/preview'

/** A model came out: what one does next is to ask it, alone or beside those that it was made of. */
export function AfterMerge({ output }: { output: OutputState }) {
  const app = useApp()
  const data = useOutput(output)
  const models = useCatalog((catalog) => catalog.models)
  const card = models.find(
    ({ sha256, goodFor }) => sha256 !== undefined && sha256 === field(data ?? null, 'id') && goodFor.includes('text'),
  )
  if (!card) return null
  const parents = parentsOf(card, models)
  return (
    <div className="button-row">
      <button type="button" className="btn small" data-testid="ask-model" onClick={() => void askModels(app, [card])}>
        <MessageCircleQuestion /> Chat with it
      </button>
      {parents.length > 0 ? (
        <button type="button" className="btn small" data-testid="ask-parents" onClick={() => void askModels(app, [card, ...parents])}>
          <GitCompareArrows /> Compare with its parents
        </button>
      ) : null}
    </div>
  )
}

/** The models that a recipe read, of those that are still here. */
function parentsOf(card: ModelCard, models: readonly ModelCard[]): ModelCard[] {
  const read: readonly Json[] = isJsonObject(card.recipe) ? itemsOf(card.recipe.inputs ?? []) : []
  return read.flatMap((parent) => models.find(({ sha256, state }) => state === 'present' && sha256 === field(parent, 'sha256')) ?? [])
}

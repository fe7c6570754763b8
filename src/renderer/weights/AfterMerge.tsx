import { GitCompareArrows, MessageCircleQuestion, Workflow } from 'lucide-react'
import type { ModelCard } from '../../shared/api'
import { isJsonObject, type Json } from '../../shared/json'
import type { OutputState } from '../../shared/run/fold'
import { useOutput } from '../panels/OutputValue'
import { openRecipe } from '../state/app'
import { askModels } from '../state/ask-models'
import { useApp, useCatalog } from '../state/hooks'
import { Facts } from '../viewers/DataViews'
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
  const made = madeOf(card)
  return (
    <>
      <Facts facts={[['Made of', made.join(', ')]]} />
      <div className="button-row">
        <button type="button" className="btn small" data-testid="ask-model" onClick={() => void askModels(app, [card])}>
          <MessageCircleQuestion /> Chat with it
        </button>
        {parents.length > 0 ? (
          <button type="button" className="btn small" data-testid="ask-parents" onClick={() => void askModels(app, [card, ...parents])}>
            <GitCompareArrows /> Compare with its parents
          </button>
        ) : null}
        {made.length > 0 ? (
          <button type="button" className="btn small" data-testid="open-recipe" onClick={() => void openRecipe(app, card.sha256 ?? '')}>
            <Workflow /> Open recipe
          </button>
        ) : null}
      </div>
    </>
  )
}

/** The models that a recipe read, whether or not they are still here. */
const madeOf = (card: ModelCard): string[] => readBy(card).map((parent) => field(parent, 'name'))

const readBy = ({ recipe }: ModelCard): readonly Json[] => (isJsonObject(recipe) ? itemsOf(recipe.inputs ?? []) : [])

/** Those of them that are still here. */
function parentsOf(card: ModelCard, models: readonly ModelCard[]): ModelCard[] {
  return readBy(card).flatMap(
    (parent) => models.find(({ sha256, state }) => state === 'present' && sha256 === field(parent, 'sha256')) ?? [],
  )
}

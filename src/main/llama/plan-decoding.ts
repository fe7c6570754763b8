import { TributaryError } from '../../shared/errors'
import { draftingModelsOf, leavesOf, type Prompt } from '../../shared/expression'
import { canonicalJson } from '../../shared/json'
import type { DecodeProgram } from '../models/model'
import { laneBytes, laneSize } from './lane'
import { inUnits } from './memory-ledger'
import { type CacheShape, cacheBytes } from './native-model'

/** What the header of a model's file says of the memory that it needs. */
export interface ModelOutline {
  readonly id: string
  readonly name: string
  readonly sizeBytes: number
  readonly contextTokens: number
  readonly vocabularySize: number
  readonly embeddingDimensions: number
  readonly cache: CacheShape | undefined
}

/** No token stands for more characters than this, but for runs of blanks: so a prompt has at least so many tokens. */
const charactersPerToken = 16
/** the smallest that a value of the cache and a batch are ever made */
const least = { valueBytes: 34 / 32, batchTokens: 128 }

/**
 * Weights of all models, and a context for each with every prompt that it continues and all tokens that are asked for: refused with `out-of-memory` where
 * these are more than the budget even if everything else made room. A lower bound, from headers alone: what it lets through may still be refused
 * once the prompts are tokens.
 */
export function planDecoding(
  models: readonly ModelOutline[],
  program: Pick<DecodeProgram, 'expression' | 'drafter' | 'maxTokens'>,
  contextLimit: number,
  budgetBytes: number,
): void {
  const prompts = promptsByModel(program)
  const weights = models.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const contexts = models.map((model) => contextBytes(model, prompts.get(model.id) ?? [], program.maxTokens, contextLimit))
  const all = weights + contexts.reduce((sum, bytes) => sum + bytes, 0)
  if (all <= budgetBytes) return
  const names = new Intl.ListFormat('en').format(models.map(({ name }) => `"${name}"`))
  const count = [...prompts.values()].reduce((sum, { length }) => sum + length, 0)
  const several = models.length > 1
  throw new TributaryError(
    'out-of-memory',
    `${names} ${several ? 'do not fit' : 'does not fit'} into ${inUnits(budgetBytes)}${several ? ' together' : ''}: weights of ${inUnits(weights)}, and at least ${inUnits(all - weights)} for ${count === 1 ? 'a context' : `${count} contexts`} of up to ${program.maxTokens} new tokens.`,
    {
      hint:
        weights > budgetBytes
          ? 'Choose smaller models or quantisations of fewer bits, or raise the memory limit in the settings.'
          : 'Ask for fewer tokens, or choose smaller models, or raise the memory limit in the settings.',
      details: { weightsBytes: weights, contextBytes: all - weights, budgetBytes },
    },
  )
}

/** model → the prompts that it continues, each once; a drafter continues the first one. */
function promptsByModel({ expression, drafter }: Pick<DecodeProgram, 'expression' | 'drafter'>): ReadonlyMap<string, readonly Prompt[]> {
  const leaves = leavesOf(expression)
  const [first] = leaves
  const pairs = leaves.map(({ model, prompt }) => ({ id: model.id, prompt }))
  if (drafter !== undefined && first !== undefined) for (const { id } of draftingModelsOf(drafter)) pairs.push({ id, prompt: first.prompt })
  const found = new Map<string, Map<string, Prompt>>()
  for (const { id, prompt } of pairs) {
    const prompts = found.get(id) ?? new Map<string, Prompt>()
    found.set(id, prompts.set(canonicalJson(prompt), prompt))
  }
  return new Map([...found].map(([id, prompts]) => [id, [...prompts.values()]]))
}

function contextBytes(model: ModelOutline, prompts: readonly Prompt[], maxTokens: number, contextLimit: number): number {
  if (model.cache === undefined || prompts.length === 0) return 0
  const longest = Math.min(model.contextTokens, contextLimit)
  const cells = prompts.reduce((sum, prompt) => sum + Math.min(longest, Math.ceil(lengthOf(prompt) / charactersPerToken) + maxTokens), 0)
  const { vocabularySize, embeddingDimensions } = model
  const shape = {
    cacheBytesPerToken: cacheBytes(model.cache, least),
    embeddingDimensions,
    vocabulary: { size: vocabularySize },
    numerics: least,
  }
  return laneBytes({ ...laneSize(cells, prompts.length), model: shape })
}

const lengthOf = (prompt: Prompt): number =>
  prompt.kind === 'text' ? prompt.text.length : prompt.messages.reduce((sum, { content }) => sum + content.length, 0)

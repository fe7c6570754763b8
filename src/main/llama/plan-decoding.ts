import { vocabularyBytes } from '../../shared/context-memory/cache'
import { contextBytes, type ModelShape } from '../../shared/context-memory/model-shape'
import { TributaryError } from '../../shared/errors'
import { draftingModelsOf, leavesOf, type Prompt } from '../../shared/expression'
import { canonicalJson } from '../../shared/json'
import { draftSizeOf } from '../decoding/drafting'
import type { DecodeProgram } from '../models/model'
import { inUnits } from './memory-ledger'

/** What the header of a model's file says of the memory that it needs. */
export interface ModelOutline extends ModelShape {
  readonly id: string
  readonly name: string
  readonly sizeBytes: number
  readonly contextTokens: number
}

export interface PlanLimits {
  /** of one sequence, by the settings */
  readonly contextTokens: number
  readonly budgetBytes: number
  readonly onCpu: boolean
}

type Program = Pick<DecodeProgram, 'expression' | 'drafter' | 'maxTokens'>

/** No token stands for more characters than this, but for runs of blanks: so a prompt has at least so many tokens. */
const charactersPerToken = 16

/**
 * Weights of all models, and a context for each with every prompt that it continues and all tokens that are asked for, a drafter's too: refused with
 * `out-of-memory` where these are more than the budget even if everything else made room. Prompts count with the fewest tokens that they can have, all else
 * as it will be: what is let through may still be refused once the prompts are tokens.
 */
export function planDecoding(models: readonly ModelOutline[], program: Program, limits: PlanLimits): void {
  const { budgetBytes } = limits
  const { weightsBytes, contextBytes, contexts: count } = memoryOf(models, program, limits)
  if (weightsBytes + contextBytes <= budgetBytes) return
  const names = new Intl.ListFormat('en').format(models.map(({ name }) => `"${name}"`))
  const several = models.length > 1
  throw new TributaryError(
    'out-of-memory',
    `${names} ${several ? 'do not fit' : 'does not fit'} into ${inUnits(budgetBytes)}${several ? ' together' : ''}: weights of ${inUnits(weightsBytes)}, and at least ${inUnits(contextBytes)} for ${count === 1 ? 'a context' : `${count} contexts`} of up to ${program.maxTokens} new tokens.`,
    {
      hint:
        weightsBytes > budgetBytes
          ? 'Choose smaller models or quantisations of fewer bits, or raise the memory limit in the settings.'
          : 'Ask for fewer tokens, or choose smaller models, or raise the memory limit in the settings.',
      details: { weightsBytes, contextBytes, budgetBytes },
    },
  )
}

export interface ProgramMemory {
  readonly weightsBytes: number
  readonly contextBytes: number
  /** texts that are continued */
  readonly contexts: number
}

/** What a program takes while it runs, as far as files' headers tell. */
export function memoryOf(
  models: readonly ModelOutline[],
  program: Program,
  limits: Pick<PlanLimits, 'contextTokens' | 'onCpu'>,
): ProgramMemory {
  const lanes = lanesOf(program)
  const outlines = new Map(models.map((model) => [model.id, model]))
  return {
    weightsBytes: models.reduce((sum, model) => sum + model.sizeBytes + vocabularyBytes(model.vocabularySize, model.hasMerges), 0),
    contextBytes: lanes.reduce((sum, { model, texts }) => {
      const outline = outlines.get(model)
      return sum + (outline === undefined ? 0 : bytesOf(outline, texts, program.maxTokens, limits))
    }, 0),
    contexts: lanes.reduce((sum, { texts }) => sum + texts.length, 0),
  }
}

/** A text that one model continues. */
interface PlannedText {
  readonly prompt: Prompt
  /** of logits in one pass */
  readonly rows: number
  readonly paths: number
}

interface PlannedLane {
  readonly model: string
  readonly texts: PlannedText[]
}

/** Texts of one model share a lane, but a drafter that repeats a prompt of its own model has one of its own (`runtime.ts`). A leaf that is there twice is read once. */
function lanesOf({ expression, drafter }: Program): PlannedLane[] {
  const leaves = leavesOf(expression)
  const [first] = leaves
  const draft = drafter === undefined ? { tokens: 0, guesses: 1 } : draftSizeOf(drafter)
  const lanes: PlannedLane[] = []
  const add = (model: string, text: PlannedText, repeats: boolean): void => {
    const has = ({ texts }: PlannedLane): boolean => texts.some(({ prompt }) => canonicalJson(prompt) === canonicalJson(text.prompt))
    const own = lanes.filter((lane) => lane.model === model)
    if (!repeats && own.some(has)) return
    const lane = own.find((known) => !has(known))
    if (lane === undefined) lanes.push({ model, texts: [text] })
    else lane.texts.push(text)
  }
  for (const { model, prompt } of leaves) add(model.id, { prompt, rows: draft.tokens + 1, paths: draft.guesses }, false)
  if (drafter !== undefined && first !== undefined)
    for (const { id } of draftingModelsOf(drafter)) add(id, { prompt: first.prompt, rows: 1, paths: 1 }, true)
  return lanes
}

function bytesOf(
  model: ModelOutline,
  texts: readonly PlannedText[],
  maxTokens: number,
  { contextTokens, onCpu }: Pick<PlanLimits, 'contextTokens' | 'onCpu'>,
): number {
  const longest = Math.min(model.contextTokens, contextTokens)
  const sum = (of: (text: PlannedText) => number): number => texts.reduce((total, text) => total + of(text), 0)
  const capacity = ({ prompt, rows }: PlannedText): number =>
    Math.min(longest, Math.ceil(lengthOf(prompt) / charactersPerToken) + maxTokens + rows)
  const cells = 1 + sum((text) => capacity(text) + (text.paths > 1 ? text.rows - 1 : 0))
  const sequences = sum(({ paths }) => paths)
  const wanted = { cells, longest: Math.max(...texts.map(capacity)), sequences, neverForks: sequences === texts.length }
  return contextBytes(
    model,
    wanted,
    sum(({ rows }) => rows),
    onCpu,
  )
}

const lengthOf = (prompt: Prompt): number =>
  prompt.kind === 'text' ? prompt.text.length : prompt.messages.reduce((sum, { content }) => sum + content.length, 0)

import { TributaryError } from '../../shared/errors'
import type { DrafterExpression } from '../../shared/expression'
import type { Compiled, PlanNode } from './compile'
import type { Drafter, DrafterDefinition, DraftSize } from './drafter'
import { drafters } from './drafters'
import { Leaf } from './leaf'
import { paramValues } from './params'
import type { Random } from './random'
import type { Sampler } from './sampler'
import type { Runtime } from './source'
import { type Verification, verificationOf } from './verification'

/** A drafter that fits the target: its own leaves are to be opened with the others, then `start` gives the drafter, told of the prompt. */
export interface Drafting {
  readonly leaves: readonly Leaf[]
  readonly size: DraftSize
  readonly verification: Verification
  start(): Drafter
}

interface DraftingParts {
  readonly runtime: Runtime
  readonly sampler: Sampler
  readonly random: Random
}

/** Throws `not-found`, `input-missing`, `input-type`, `vocabulary-mismatch` and, where a cache cannot be cut back, `model-unsupported`. */
export async function openDrafting(expression: DrafterExpression, target: Compiled, parts: DraftingParts): Promise<Drafting> {
  const drafting = await openDrafter(expression, target, parts)
  if (consults(target.root)) {
    throw new TributaryError('model-unsupported', 'A judge is asked about every token, so nothing can be drafted.', {
      hint: 'remove the drafter',
    })
  }
  const foreign = target.leaves.find((item) => item.followsBytes)
  if (foreign !== undefined) {
    throw new TributaryError(
      'vocabulary-mismatch',
      `${foreign.name} reads the text in other tokens, so drafted tokens cannot be checked.`,
      {
        hint: 'remove the drafter, or use models of one vocabulary',
      },
    )
  }
  const rigid = [...target.leaves, ...drafting.leaves].find((item) => !item.source.canTruncate)
  if (rigid !== undefined) {
    throw new TributaryError('model-unsupported', `${rigid.name} cannot take back tokens, so nothing can be drafted for it.`, {
      hint: 'remove the drafter, or use a model with ordinary attention',
    })
  }
  return drafting
}

async function openDrafter(expression: DrafterExpression, target: Compiled, parts: DraftingParts): Promise<Drafting> {
  const definition = definitionOf(expression)
  const params = paramValues(definition.spec, expression.params)
  const leaf = definition.spec.needsModel ? await drafterLeaf(expression, target, parts.runtime) : undefined
  const inner: Drafting[] = []
  for (const item of membersOf(definition, expression)) inner.push(await openDrafter(item, target, parts))
  return {
    leaves: [...(leaf ? [leaf] : []), ...inner.flatMap(({ leaves }) => leaves)],
    size: draftSizeOf(expression),
    verification: verificationOf(params),
    start() {
      const members = inner.map((item) => ({ drafter: item.start(), asksModel: item.leaves.length > 0 }))
      const drafter = definition.create({ params, vocabulary: target.vocabulary, leaf, members, ...parts })
      drafter.reset(target.leaves[0]?.tokens ?? [])
      return drafter
    },
  }
}

/** What drafts of this drafter need at most. Throws as `openDrafting` does where there is no such drafter, or none to choose from. */
export function draftSizeOf(expression: DrafterExpression): DraftSize {
  const definition = definitionOf(expression)
  return definition.size(paramValues(definition.spec, expression.params), membersOf(definition, expression).map(draftSizeOf))
}

function definitionOf({ drafter }: DrafterExpression): DrafterDefinition {
  const definition = drafters.get(drafter)
  if (definition !== undefined) return definition
  throw new TributaryError('not-found', `There is no drafter called “${drafter}”.`)
}

function membersOf({ spec }: DrafterDefinition, { of = [] }: DrafterExpression): readonly DrafterExpression[] {
  if (!spec.joins) return []
  if (of.length > 0) return of
  throw new TributaryError('input-missing', `${spec.title} has no drafter to choose from.`, {
    hint: 'wire one or more drafters to it',
    place: { port: 'drafters' },
  })
}

function consults(node: PlanNode): boolean {
  if (node.type === 'leaf') return false
  if (node.operator.work.consult !== undefined) return true
  return Object.values(node.inputs).some((input) =>
    Array.isArray(input) ? input.some(consults) : input !== undefined && consults(input as PlanNode),
  )
}

/** The drafter's model under the prompt of the target's first leaf. */
async function drafterLeaf(expression: DrafterExpression, target: Compiled, runtime: Runtime): Promise<Leaf> {
  if (expression.model === undefined) {
    throw new TributaryError('input-missing', 'This drafter needs a model.', {
      hint: 'choose a small model of the same family',
      place: { port: 'model' },
    })
  }
  const source = await runtime.describe(expression.model)
  if (source.vocabulary.fingerprint !== target.vocabulary.fingerprint) {
    throw new TributaryError(
      'vocabulary-mismatch',
      `The drafter ${expression.model.name} cuts text into other tokens than ${target.leaves[0]?.name ?? 'the target'}, so its guesses cannot be checked.`,
      { hint: 'choose a smaller model of the same family, or the n-gram drafter', place: { port: 'model' } },
    )
  }
  return Leaf.of(source, target.firstPrompt, expression.model.name)
}

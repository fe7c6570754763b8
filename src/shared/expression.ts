import type { Json, JsonObject } from './json'
import type { ChatMessage, ModelRef } from './value'

/**
 * The two kinds of expression: small frozen trees that travel on `distribution`, `drafter` and `weights` wires.
 * They are plain JSON: hashable, storable, sendable to the model host or the merge worker. Nothing is computed until a sink pulls.
 */

/** What a leaf continues: a raw text as it is, or a chat that the model's own template renders. */
export type Prompt = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'chat'; readonly messages: readonly ChatMessage[] }

export type DistributionExpression =
  | {
      readonly op: 'lm'
      readonly model: ModelRef
      readonly prompt: Prompt
      /** of a mixture of experts: how many answer for each token; absent: as many as its file says */
      readonly experts?: number
    }
  | {
      /** the name of a decoding operator (`src/main/decoding/operators/<name>.ts`) */
      readonly op: string
      readonly inputs: {
        readonly [port: string]: DistributionExpression | readonly DistributionExpression[]
      }
      readonly params: { readonly [name: string]: Json }
    }

export const isLeaf = (expression: DistributionExpression): expression is Extract<DistributionExpression, { op: 'lm' }> =>
  expression.op === 'lm'

/** A way to guess the next tokens: the name of a drafter (`src/main/decoding/drafters/<name>.ts`) and its settings. */
export interface DrafterExpression {
  readonly drafter: string
  readonly model?: ModelRef
  /** drafters that this one chooses from, where it takes some */
  readonly of?: readonly DrafterExpression[]
  readonly params: { readonly [name: string]: Json }
}

/** The models that draft, those of inner drafters included. */
export const draftingModelsOf = ({ model, of = [] }: DrafterExpression): ModelRef[] => [
  ...(model ? [model] : []),
  ...of.flatMap(draftingModelsOf),
]

export type WeightsExpression =
  | { readonly op: 'load'; readonly model: ModelRef }
  /** tuned − base, tensor by tensor (a task vector); sources below 8 bits are refused unless `allowQuantized` */
  | {
      readonly op: 'delta'
      readonly tuned: WeightsExpression
      readonly base: WeightsExpression
      readonly allowQuantized?: boolean
    }
  /** the name of a pruner (`src/main/weights/pruners/<name>.ts`), applied to each tensor of a task vector */
  | {
      readonly op: 'prune'
      readonly pruner: string
      readonly of: WeightsExpression
      readonly params: WeightsParams
      readonly seed?: number
    }
  /** the name of a merge method (`src/main/weights/methods/<name>.ts`) */
  | {
      readonly op: 'merge'
      readonly method: string
      readonly base?: WeightsExpression
      readonly models: readonly {
        readonly weights: WeightsExpression
        readonly params: WeightsParams
        /** blob of the statistics of this model, for methods that weigh by them */
        readonly statistics?: string
      }[]
      /** blob of the statistics of the base */
      readonly baseStatistics?: string
      readonly params: WeightsParams
      readonly seed: number
      readonly allowQuantized?: boolean
      /** what to do about different vocabularies; absent: they are refused */
      readonly tokenizer?: TokenizerPolicy
      /** a tensor of another shape than the base's, or with values that are no numbers, counts as unchanged; absent: it is refused */
      readonly dropUnfit?: boolean
      /** `most`: of the chat templates that the models have, the most common one; absent: that of the base, or of the first model */
      readonly chatTemplate?: 'most'
      /** how its numbers were found, where a search found them; goes into the file's metadata and changes nothing else */
      readonly search?: JsonObject
    }
  /** blocks of several models put one after the other; embedding of the first, final norm and head of the last entry */
  | {
      readonly op: 'stack'
      readonly sources: readonly WeightsExpression[]
      readonly layers: readonly {
        readonly source: number
        readonly layer: number
        /** multiplies what this block adds to the residual stream; 1 leaves it as it is */
        readonly scale?: number
      }[]
      /** how its layers were found, as of a merge */
      readonly search?: JsonObject
    }
  /** dense models made one mixture: everything but the feed-forward parts is that of `shared`, and a router says which experts a token goes to */
  | {
      readonly op: 'experts'
      readonly shared: WeightsExpression
      readonly experts: readonly WeightsExpression[]
      /** [block][expert][width] */
      readonly router: readonly (readonly (readonly number[])[])[]
      /** experts that answer for each token */
      readonly used: number
    }
  /** two models averaged, the hidden units of each block joined as `groups` say: block by block the members of each unit, 0 … n−1 of the first model, n … 2n−1 of the second */
  | {
      readonly op: 'zip'
      readonly models: readonly [WeightsExpression, WeightsExpression]
      readonly groups: readonly (readonly (readonly number[])[])[]
    }
  /** the hidden units of each block in another order, which changes no output: the order that fits `to` best, or (without it) one drawn from `seed` */
  | {
      readonly op: 'permute'
      readonly of: WeightsExpression
      readonly to?: WeightsExpression
      readonly solver: 'assignment' | 'transport' | 'sinkhorn'
      /** attention heads and the channels of their values too */
      readonly heads?: boolean
      /** the channels of the residual stream too, in one order for the whole model */
      readonly residual?: boolean
      readonly seed?: number
    }

/** Which vocabulary a merge of models with different ones has. A model is named by its place, or as the base. */
export interface TokenizerPolicy {
  /** that of the base (or first model), that of one model, or all tokens of all of them */
  readonly source: 'base' | 'union' | number
  /** where the embedding of a token comes from in models that lack it; with `force`, in all; a token that no vocabulary has is added */
  readonly tokens?: { readonly [token: string]: { readonly source?: TokenSource; readonly force?: boolean } }
  /** rows of the embedding are filled up to a multiple of this */
  readonly padToMultipleOf?: number
  /**
   * what a model lacks and the table does not name is put together of so many of its own rows: those whose tokens make up the missing one in the model that has it;
   * absent: that model's row is taken as it is
   */
  readonly approximate?: number
}

/** `token`: another one of that model, by its text or its row; absent: the same one. */
export type TokenSource =
  | { readonly kind: 'zero' }
  | { readonly kind: 'model'; readonly model: number | 'base'; readonly token?: string | number }

/** A number may be a schedule: a list is a gradient over the blocks, `[{filter, value}]` picks by tensor name. */
export type WeightsParams = { readonly [name: string]: Json }

/** All leaves in order of first appearance, models repeated as they occur. */
export function leavesOf(expression: DistributionExpression): Extract<DistributionExpression, { op: 'lm' }>[] {
  if (isLeaf(expression)) return [expression]
  const { inputs } = expression as Exclude<DistributionExpression, { op: 'lm'; model: ModelRef }> & {
    inputs: Record<string, DistributionExpression | DistributionExpression[]>
  }
  return Object.values(inputs).flatMap((input) => (Array.isArray(input) ? input : [input]).flatMap(leavesOf))
}

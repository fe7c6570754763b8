import type { TokenizerPolicy, WeightsExpression, WeightsParams } from '../../../shared/expression'
import type { Json } from '../../../shared/json'
import { defineNode } from '../../node-runtime'
import { weightsCatalog } from '../../weights/catalog'
import type { AnyMethod } from '../../weights/method'
import { parseTokens } from '../../weights/tokenizer-policy'
import { mergerForm as form, listNames, methodOptions, mergerMethods as methods, perModelList, withSchedules } from './method-params'
import { baseStatisticsFrom, statisticsInputs, statisticsOf } from './statistics-inputs'
import { usedBase } from './used-base'

const { method: find } = weightsCatalog()
const withEach = (name: string): string[] => methods.filter(({ perModel }) => Object.hasOwn(perModel, name)).map((method) => method.name)
const systems = [...new Set(methods.flatMap((method) => method.systems))].sort()

/** Several models become one, by any of the discovered merge methods. Builds an expression; Write model computes it. */
export default defineNode(
  {
    type: 'merger',
    version: 1,
    title: 'Merger',
    family: 'merging',
    summary: 'Makes one model out of several by combining their weights.',
    help: `Choose a method; its settings appear below it. *Average*, *Weighted average* and the SLERP family need only the models. *Task arithmetic*, *TIES*, *DARE*, *DELLA* and their kin work on what each model learnt and need the common **base**.

A good first try for two specialists is *Task arithmetic* with weights 0.7, 0.7; for models that get into each other's way, *TIES*. Task vectors may be wired in instead of models, pruned or scaled beforehand.

Weights and densities are lists, one number for each wire in its order. A list in brackets gives a schedule over the layers: \`[[0, 0.5, 1], 1]\` fades the first model in.

Models with different vocabularies are refused unless *Vocabulary* says which tokens the result has: each embedding is brought into that order first, and a model that lacks a token gets the row of the base, of the only model that has it, or the mean of those that do. To give one model the vocabulary of another (token surgeon): *Weighted average* with weights 1, 0, *that of one model*, the second, and *Put together of* 64: the new embeddings are then made of the first model’s own. On our toys that brings held-out embeddings back between models of one origin (cosine with the true ones 0.70 with 8 rows, 0.98 with 64) and does nothing between models of unlike origin (0.02): the method hopes that such models arrange their tokens alike.`,
    synonyms: ['merge', 'average', 'soup', 'combine weights', 'ties', 'dare', 'slerp', 'task arithmetic', 'frankenmerge', 'mergekit'],
    survey: '3',
    paper: 'Goddard et al. 2024, arXiv:2403.13257',
    systems,
    inputs: {
      models: { wire: 'weights', arity: 'some', summary: 'the models, or task vectors, to merge' },
      base: { wire: 'weights', arity: 'optional', summary: 'the common ancestor, where the method needs it' },
      ...statisticsInputs,
    },
    outputs: { weights: { wire: 'weights', summary: 'the merged model (without a base, of task vectors: their merged task vector)' } },
    params: {
      method: {
        kind: 'choice',
        default: 'average',
        title: 'Method',
        summary: 'how the models are combined',
        options: methodOptions(methods, form),
      },
      weights: {
        kind: 'text',
        default: '',
        placeholder: '1, 0.5',
        perWire: { port: 'models', empty: 'same', fill: 1 },
        title: 'Weights',
        summary: 'how much of each model, in the order of the wires; empty: the same for all',
        when: { param: 'method', in: withEach('weight') },
      },
      densities: {
        kind: 'text',
        default: '',
        placeholder: '0.5, 0.5',
        perWire: { port: 'models', empty: 'usual', fill: 0.5 },
        title: 'Densities',
        summary: 'which share of each task vector stays; empty: the method’s usual share',
        when: { param: 'method', in: withEach('density') },
      },
      ...form.params,
      schedules: {
        kind: 'json',
        default: {},
        advanced: true,
        title: 'Schedules',
        summary: 'settings that change over the layers or by tensor name, such as {"t": [0, 0.5, 1]}',
      },
      tokenizer: {
        kind: 'choice',
        default: 'same',
        advanced: true,
        title: 'Vocabulary',
        summary: 'what happens where the models have different tokens',
        options: [
          { value: 'same', title: 'must be the same', summary: 'other vocabularies are refused' },
          { value: 'base', title: 'that of the base', summary: 'or of the first model; other tokens are dropped' },
          { value: 'union', title: 'all tokens of all models', summary: 'the embedding grows; byte-level BPE only' },
          { value: 'model', title: 'that of one model' },
        ],
      },
      tokenizerModel: {
        kind: 'number',
        default: 1,
        min: 1,
        max: 256,
        integer: true,
        advanced: true,
        title: 'Vocabulary of model',
        summary: 'whose tokens the result has, in the order of the wires',
        when: { param: 'tokenizer', in: ['model'] },
      },
      tokens: {
        kind: 'json',
        default: {},
        advanced: true,
        title: 'Single tokens',
        summary:
          'where an embedding comes from, such as {"<|im_start|>": {"source": {"kind": "model", "model": 1}, "force": true}}; models count from 0',
        when: { param: 'tokenizer', in: ['base', 'union', 'model'] },
      },
      padVocabulary: {
        kind: 'number',
        default: 1,
        min: 1,
        max: 65_536,
        integer: true,
        advanced: true,
        title: 'Fill up to a multiple of',
        summary: 'rows that the embedding is filled up to; 1 adds none',
        when: { param: 'tokenizer', in: ['base', 'union', 'model'] },
      },
      approximate: {
        kind: 'number',
        default: 0,
        min: 0,
        max: 256,
        integer: true,
        advanced: true,
        title: 'Put together of',
        unit: 'rows',
        summary:
          'a token that a model lacks becomes a sum of so many of its own rows, as the model that has it makes it up of the same tokens; 0: that model’s row as it is',
        when: { param: 'tokenizer', in: ['base', 'union', 'model'] },
      },
      chatTemplate: {
        kind: 'choice',
        default: 'lead',
        advanced: true,
        title: 'Chat template',
        summary: 'how the merged model is told who speaks',
        options: [
          { value: 'lead', title: 'that of the base', summary: 'or of the first model; models with another one are told' },
          { value: 'most', title: 'the most common one', summary: 'of those that the models have, the base included' },
        ],
      },
      allowQuantized: {
        kind: 'boolean',
        default: false,
        advanced: true,
        title: 'Allow quantized sources',
        summary: 'take differences of models below 8 bits all the same',
      },
      dropUnfit: {
        kind: 'boolean',
        default: false,
        advanced: true,
        title: 'Drop what does not fit',
        summary: 'with a base: a tensor of another shape, or with values that are no numbers, counts as unchanged; it is told which',
      },
    },
    effect: 'pure',
    resource: 'cpu',
    stochastic: true,
    face: 'method',
  },
  ({ inputs: { models, base, statistics, baseStatistics }, params, context }) => {
    const method = find(params.method) as AnyMethod
    const measured = statisticsOf(method, statistics, models.length)
    const used = params.tokenizer === 'base' ? base : usedBase(method, base, context)
    const values: Readonly<Record<string, unknown>> = params
    const each = eachModel(method, values, models.length)
    const expression: WeightsExpression = {
      op: 'merge',
      method: method.name,
      ...(used === undefined ? {} : { base: used }),
      models: models.map((weights, index) => ({
        weights,
        params: each[index] as WeightsParams,
        ...measured[index],
      })),
      ...baseStatisticsFrom(method, baseStatistics),
      params: withSchedules(form.settingsOf(method, values), params.schedules),
      // a seed that nothing draws from would only make equal recipes differ
      seed: method.stochastic ? context.seed : 0,
      ...(params.allowQuantized ? { allowQuantized: true } : {}),
      ...(params.dropUnfit && used !== undefined ? { dropUnfit: true } : {}),
      ...(params.chatTemplate === 'most' ? { chatTemplate: 'most' } : {}),
      ...(params.tokenizer === 'same' ? {} : { tokenizer: policyOf(params) }),
    }
    return { weights: expression }
  },
)

interface VocabularyParams {
  readonly tokenizer: 'same' | 'base' | 'union' | 'model'
  readonly tokenizerModel: number
  readonly tokens: Json
  readonly padVocabulary: number
  readonly approximate: number
}

function policyOf({ tokenizer, tokenizerModel, tokens, padVocabulary, approximate }: VocabularyParams): TokenizerPolicy {
  const table = parseTokens(tokens)
  return {
    source: tokenizer === 'union' || tokenizer === 'base' ? tokenizer : tokenizerModel - 1,
    ...(Object.keys(table).length > 0 ? { tokens: table } : {}),
    ...(padVocabulary > 1 ? { padToMultipleOf: padVocabulary } : {}),
    ...(approximate > 0 ? { approximate } : {}),
  }
}

function eachModel(method: AnyMethod, values: Readonly<Record<string, unknown>>, count: number): Record<string, Json>[] {
  const each = Array.from({ length: count }, (): Record<string, Json> => ({}))
  for (const name of Object.keys(method.perModel)) {
    const list = listNames[name] ?? name
    for (const [index, value] of perModelList(String(values[list] ?? ''), count, list).entries())
      if (value !== undefined) (each[index] as Record<string, Json>)[name] = value
  }
  return each
}

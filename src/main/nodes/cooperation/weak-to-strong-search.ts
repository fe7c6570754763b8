import type { Prompt } from '../../../shared/expression'
import { chunkSearch, type Hypothesis } from '../../decoding/chunk-search'
import type { LanguageModel } from '../../models/model'
import { defineNode } from '../../node-runtime'
import { promptOf, promptParams } from '../ensemble/prompting'
import { seedOf, stopStrings } from '../ensemble/sampling'

/** A large model writes, a small tuned and untuned pair choose: chunk by chunk. */
export default defineNode(
  {
    type: 'weak-to-strong-search',
    version: 1,
    title: 'Weak-to-strong search',
    family: 'cooperation',
    summary: 'A large model writes several continuations at a time; a small tuned pair picks the ones that tuning made likelier.',
    help: `Chunk-level beam search. The writer draws *expansions* continuations of *chunk* tokens for each of *beams* responses; each whole response so far is worth **log p(tuned) − log p(untuned)** under the two small models, and the best go on.

It gives a large model the leaning of a small tuned one without sharing its vocabulary: the small models read text. Chunks as long as the answer make it best-of-n. Costs beams × expansions times the writing, and two small readings of each response per round.`,
    synonyms: ['CBS', 'chunk-level beam search', 'weak to strong', 'best of n', 'steer', 'alignment', 'search'],
    survey: '5.2.3',
    paper: 'Zhou et al. 2024, arXiv:2405.19262',
    systems: ['weak-to-strong-search'],
    inputs: { prompt: { wire: 'messages', arity: 'one', summary: 'a text or a chat' } },
    outputs: {
      text: { wire: 'text', summary: 'the best response' },
      candidates: { wire: 'candidates', summary: 'the surviving responses, best first, scored' },
    },
    params: {
      model: { kind: 'model', default: null, needs: 'text', title: 'Writer', summary: 'the large model' },
      tuned: { kind: 'model', default: null, needs: 'distribution', title: 'Tuned', summary: 'a small model that has the leaning' },
      untuned: { kind: 'model', default: null, needs: 'distribution', title: 'Untuned', summary: 'the same small model before' },
      beams: { kind: 'number', default: 2, min: 1, max: 16, step: 1, integer: true, title: 'Beams', summary: 'responses kept' },
      expansions: {
        kind: 'number',
        default: 2,
        min: 1,
        max: 16,
        step: 1,
        integer: true,
        title: 'Expansions',
        summary: 'continuations drawn of each',
      },
      chunk: {
        kind: 'number',
        default: 16,
        min: 1,
        max: 1000,
        step: 1,
        integer: true,
        unit: 'tokens',
        title: 'Chunk',
        summary: 'tokens per continuation',
      },
      maxTokens: {
        kind: 'number',
        default: 128,
        min: 1,
        max: 100000,
        step: 1,
        integer: true,
        unit: 'tokens',
        title: 'Longest answer',
        summary: 'tokens written at most',
      },
      temperature: { kind: 'number', default: 1, min: 0.05, max: 5, step: 0.1, title: 'Temperature', summary: 'of the writer' },
      topK: {
        kind: 'number',
        default: 50,
        min: 0,
        max: 100000,
        step: 1,
        integer: true,
        title: 'Top-k',
        summary: 'the writer samples among so many; 0: all',
        advanced: true,
      },
      stop: {
        kind: 'text',
        default: '',
        multiline: true,
        title: 'Stop at',
        summary: 'a response ends before the first of these texts; one a line',
        advanced: true,
      },
      ...promptParams,
    },
    effect: 'pure',
    resource: 'model',
    stochastic: true,
    face: 'model',
  },
  async ({ inputs: { prompt: messages }, params, context }) => {
    const { models, signal } = context
    const writer = await models.open(params.model)
    const asked = await promptOf(messages, params, params.model, models)
    const begun = asked.kind === 'text' ? asked.text : await writer.renderChat(asked.messages, models.call)
    const [tuned, untuned] = await Promise.all([params.tuned, params.untuned].map((ref) => models.open(ref)))
    const judges = await Promise.all([params.tuned, params.untuned].map((ref) => promptOf(messages, params, ref, models)))
    const rounds = Math.ceil(params.maxTokens / params.chunk)
    const found = await chunkSearch({
      beams: params.beams,
      expansions: params.expansions,
      rounds,
      async extend(hypothesis, draw) {
        signal.throwIfAborted()
        const decoded = await models.decode({
          expression: { op: 'lm', model: params.model, prompt: { kind: 'text', text: begun + hypothesis.text } },
          sampler: { temperature: params.temperature, topK: params.topK, topP: 1, minP: 0, repetitionPenalty: 1 },
          maxTokens: Math.min(params.chunk, params.maxTokens - hypothesis.tokens),
          stop: stopStrings(params.stop),
          seed: seedOf(context.seed, draw),
        })
        return { text: hypothesis.text + decoded.text, tokens: hypothesis.tokens + decoded.tokens, isFinished: decoded.finish !== 'length' }
      },
      async value(all) {
        const [better, worse] = await Promise.all([
          logprobs(tuned as LanguageModel, judges[0] as Prompt, all, models.call),
          logprobs(untuned as LanguageModel, judges[1] as Prompt, all, models.call),
        ])
        return all.map((_, i) => (better?.[i] as number) - (worse?.[i] as number))
      },
      onRound: (round) => context.progress(round + 1, rounds, 'rounds'),
    })
    const candidates = found.map(({ text, tokens, value }, i) => ({
      text: text.trim(),
      source: params.model.name,
      tokens,
      score: value,
      rank: i + 1,
    }))
    return { text: candidates[0]?.text ?? '', candidates }
  },
)

/** log p(response | prompt); the end token counts for finished ones. An empty response is certain: 0. */
async function logprobs(
  model: LanguageModel,
  prompt: Prompt,
  all: readonly Omit<Hypothesis, 'value'>[],
  call: Parameters<LanguageModel['scoreContinuations']>[1],
): Promise<number[]> {
  const scores = new Array<number>(all.length).fill(0)
  for (const end of [true, false]) {
    const some = [...all.entries()].filter(([, { isFinished, text }]) => isFinished === end && text !== '')
    if (some.length === 0) continue
    const found = await model.scoreContinuations({ prompt, continuations: some.map(([, { text }]) => text), end }, call)
    some.forEach(([i], j) => {
      scores[i] = found[j]?.logprob ?? -Infinity
    })
  }
  return scores
}

import { TributaryError } from '../../../shared/errors'
import type { Dataset, ModelRef } from '../../../shared/value'
import { defineNode, type RunContext } from '../../node-runtime'

/** Dense models of one build become the experts of one model. */
export default defineNode(
  {
    type: 'mixture-of-experts',
    version: 1,
    title: 'Mixture of experts',
    family: 'merging',
    summary: 'Makes one model out of several, in which a router sends each token to those that suit it.',
    help: `The feed-forward matrices of each wired model become one expert; attention, norms and embeddings are those of *shared* (mostly the average of the experts). The router of each block is made of examples, without training: *reader*, a model built alike, reads the texts of each expert, and the difference of its mean state from the mean of all is the direction that leads to that expert.

*Examples* is a table with a column **text** and a column **expert** with the number of the wire, from 0. *Used* experts answer for each token: more blend better, fewer are faster. Made for llama-type models of equal build; the file is larger by the experts, a token costs only those used.

The same model with fewer experts is an amateur to contrast it with (SCMoE): see *Experts* of *Model as distribution*.`,
    synonyms: ['MoE', 'frankenMoE', 'Branch-Train-MiX', 'BTX', 'upcycle', 'sparse', 'router', 'Mixtral', 'mergekit-moe'],
    survey: '3',
    paper: 'Sukhbaatar et al. 2024, arXiv:2403.07816; Komatsuzaki et al. 2023, arXiv:2212.05055',
    inputs: {
      shared: { wire: 'weights', arity: 'one', summary: 'gives everything but the experts, mostly their average' },
      experts: { wire: 'weights', arity: 'some', summary: 'the models whose feed-forward parts become the experts' },
      examples: { wire: 'dataset', arity: 'one', summary: 'texts for each expert: columns “text” and “expert”' },
    },
    outputs: { weights: { wire: 'weights', summary: 'the mixture' } },
    params: {
      reader: {
        kind: 'model',
        default: null,
        needs: 'distribution',
        title: 'Reader',
        summary: 'a model built like the experts, whose states the router knows',
      },
      used: { kind: 'number', default: 2, min: 1, max: 64, integer: true, title: 'Used', summary: 'experts that each token goes to' },
      sharpness: {
        kind: 'number',
        default: 4,
        min: 0,
        max: 100,
        step: 0.5,
        title: 'Sharpness',
        summary: 'how decidedly the router chooses; 0: all alike',
      },
    },
    effect: 'pure',
    resource: 'model',
    face: 'used',
  },
  async ({ inputs: { shared, experts, examples }, params, context }) => {
    const texts = experts.map((_, expert) => textsOf(examples, expert))
    const missing = texts.findIndex((some) => some.length === 0)
    if (missing >= 0)
      throw new TributaryError('data-empty', `The table ${examples.name} has no text for expert ${missing}.`, {
        hint: 'It needs a column “text” and a column “expert” with the number of the wire, from 0.',
        place: { port: 'examples' },
      })
    const states: number[][][] = []
    for (const [expert, some] of texts.entries()) {
      states.push(await meanStates(params.reader, some, context))
      context.progress(expert + 1, texts.length, 'experts')
    }
    return { weights: { op: 'experts', shared, experts, router: directions(states, params.sharpness), used: params.used } as const }
  },
)

const textsOf = ({ rows }: Dataset, expert: number): string[] =>
  rows.flatMap(({ text, expert: of }) => (Number(of) === expert && typeof text === 'string' && text !== '' ? [text] : []))

/** What flows into the feed-forward part of each block, on average over all tokens. → [block][width] */
async function meanStates(reader: ModelRef, texts: readonly string[], { models }: RunContext): Promise<number[][]> {
  const opened = await models.open(reader)
  if (opened.statistics === undefined)
    throw new TributaryError('model-unsupported', `Nobody can look into ${reader.name}: it is not on this machine.`, {
      place: { port: 'reader' },
    })
  const { inputs } = await opened.statistics({ texts: texts.map((text) => ({ prompt: { kind: 'text', text } })) }, models.call)
  const states: number[][] = []
  for (const { weights, sum, rows } of inputs) {
    const block = weights.map((name) => /^blk\.(\d+)\.ffn_gate\.weight$/.exec(name)?.[1]).find((found) => found !== undefined)
    if (block !== undefined) states[Number(block)] = Array.from(sum, (x) => x / Math.max(1, rows))
  }
  if (states.length === 0)
    throw new TributaryError('model-unsupported', `${reader.name} has no feed-forward part with a gate.`, { place: { port: 'reader' } })
  return states
}

/** For each block and expert: its mean state less that of all, of length `sharpness`. states [expert][block][width] → [block][expert][width] */
function directions(states: readonly (readonly (readonly number[])[])[], sharpness: number): number[][][] {
  return (states[0] ?? []).map((_, block) => {
    const rows = states.map((all) => all[block] ?? [])
    const mean = (rows[0] ?? []).map((_x, i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0) / rows.length)
    return rows.map((row) => {
      const away = row.map((x, i) => x - (mean[i] ?? 0))
      const length = Math.hypot(...away) || 1
      // float32 as the file holds it, so that equal recipes are equal texts; nine digits say it whole, and seventeen would make recipes twice as long
      return away.map((x) => Number(Math.fround((sharpness * x) / length).toPrecision(9)))
    })
  })
}

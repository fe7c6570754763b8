import { TributaryError } from '../../../shared/errors'
import type { Dataset, ModelRef } from '../../../shared/value'
import { type AlignBy, moveSteps, type ReadSteps, type TextLikelihoods } from '../../decoding/align-steps'
import type { LanguageModel, TokenPrediction } from '../../models/model'
import { defineNode, type RunContext } from '../../node-runtime'
import { promptParams } from '../ensemble/prompting'
import { type Row, rowsOf, rowsParams } from '../merging/objectives'
import { answersSteps } from './answer-steps'

/** What several models hold likely at each token of given answers, in the tokens of one of them: what it would be taught. */
export default defineNode(
  {
    type: 'fuse-targets',
    version: 1,
    title: 'Fuse targets (FuseLLM)',
    family: 'cooperation',
    summary: 'Makes the table from which one model would learn what several know, whatever their tokens.',
    help: `Every model reads the answers of the dataset. Its tokens are laid beside those of *Pupil* by dynamic programming, and what it held likely at a token is moved to the pupil’s token that it stands for: by **equal text** (Fu 2023) or by **fewest edits** (FuseLLM), which also gives tokens without an equal one their nearest. Where one token stands for several nothing can be moved, and the token that came is all there is.

*Fused by* says whose likelihoods a row gets: those of the model that finds the whole answer least surprising (the pupil is one of them), or the average, each weighed by 1 / perplexity of the answer.

The table has a row for each answer: its tokens, for each of them the likelihoods (a list of text and probability), and *from*. A trainer reads it with the loss λ · cross-entropy(token) + (1 − λ) · cross-entropy(likelihoods), λ = 0.9 as published. Nothing is trained here. *report* says how many tokens of each model could be moved, and how well each knew the answers.`,
    synonyms: [
      'FuseLLM',
      'FuseChat',
      'distillation',
      'dynamic time warping',
      'DTW',
      'token alignment',
      'MinED',
      'MinCE',
      'teacher',
      'student',
    ],
    survey: '5.1.3',
    paper: 'Wan et al. 2024, arXiv:2401.10491; Fu et al. 2023, arXiv:2301.12726',
    systems: ['token-alignment-dp', 'token-alignment-mined', 'fusellm'],
    inputs: {
      data: { wire: 'dataset', arity: 'one', summary: 'prompts and answers' },
      sources: { wire: 'model', arity: 'some', takesList: true, summary: 'the models that know something; tokens may differ' },
    },
    outputs: {
      targets: { wire: 'dataset', summary: 'what the pupil would learn, token by token' },
      report: { wire: 'json', summary: 'of each model: tokens moved, nats an answer, rows chosen' },
    },
    params: {
      pupil: {
        kind: 'model',
        default: null,
        needs: 'distribution',
        title: 'Pupil',
        summary: 'the model in whose tokens the table is made',
      },
      by: {
        kind: 'choice',
        default: 'edit',
        title: 'Aligned by',
        summary: 'which tokens stand for each other',
        options: [
          { value: 'edit', title: 'fewest edits (FuseLLM)' },
          { value: 'exact', title: 'equal text (Fu 2023)' },
        ],
      },
      fuse: {
        kind: 'choice',
        default: 'least',
        title: 'Fused by',
        summary: 'whose likelihoods a row gets',
        options: [
          { value: 'least', title: 'the least surprised model (MinCE)' },
          { value: 'average', title: 'average by surprise (AvgCE)' },
        ],
      },
      top: {
        kind: 'number',
        default: 10,
        min: 1,
        max: 100,
        integer: true,
        title: 'Top',
        summary: 'likeliest tokens that are kept of each step',
      },
      ...rowsParams,
      ...promptParams,
    },
    effect: 'pure',
    resource: 'model',
    face: 'by',
  },
  async ({ inputs: { data, sources: given }, params, context }) => {
    const pupil = await context.models.open(params.pupil)
    const sources = given.flat()
    const rows = rowsOf(data, params)
    const report = [params.pupil, ...sources].map(({ name }) => ({ name, tokens: 0, moved: 0, nats: 0, chosen: 0 }))
    const models = sources.length + 1
    context.progress(0, models, 'models')
    const ofPupil = await answersSteps(params.pupil, rows, params, context, params.top)
    const moved: Moved[][] = []
    for (const source of sources) {
      context.progress(1 + moved.length, models, 'models')
      moved.push(await movedFrom(source, { pupil, readings: ofPupil.map(readOf), rows, params, context }))
    }
    context.progress(models, models, 'models')
    const targets = rows.map((row, at): Dataset['rows'][number] => {
      const own = ofPupil[at] as readonly TokenPrediction[]
      const reading = readOf(own)
      const read = [{ top: reading.top, nats: natsOf(own), moved: own.length }, ...moved.map((rows) => rows[at] as Moved)]
      read.forEach(({ nats, moved }, i) => {
        const line = report[i] as (typeof report)[number]
        line.tokens += own.length
        line.moved += moved
        line.nats += nats / rows.length
      })
      const best = read.reduce((least, { nats }, i) => (nats < (read[least]?.nats ?? 0) ? i : least), 0)
      ;(report[best] as (typeof report)[number]).chosen++
      return {
        prompt: row.prompt,
        answer: row.answer,
        from: params.fuse === 'least' ? (report[best]?.name ?? '') : 'average',
        tokens: [...reading.tokens],
        targets: (params.fuse === 'least' ? (read[best]?.top ?? []) : averaged(read)).map((step) => step.map(([text, p]) => [text, p])),
      }
    })
    return {
      targets: { name: `${data.name}, fused`, columns: ['prompt', 'answer', 'from', 'tokens', 'targets'], rows: targets } satisfies Dataset,
      report: report.map(({ tokens, moved, ...line }) => ({ ...line, moved: tokens === 0 ? 0 : moved / tokens })),
    }
  },
)

const natsOf = (steps: readonly TokenPrediction[]): number => steps.reduce((sum, { nats }) => sum + nats, 0)
const readOf = (steps: readonly TokenPrediction[]): ReadSteps => ({
  tokens: steps.map(({ text = '' }) => text),
  top: steps.map(({ top = [] }) => top),
})

interface Reading {
  readonly pupil: LanguageModel
  /** of the pupil, of each row */
  readonly readings: readonly ReadSteps[]
  readonly rows: readonly Row[]
  readonly params: Parameters<typeof answersSteps>[2] & { readonly by: AlignBy; readonly top: number }
  readonly context: RunContext
}

type Moved = ReturnType<typeof moveSteps> & { readonly nats: number }

async function movedFrom(source: ModelRef, { pupil, readings, rows, params, context }: Reading): Promise<Moved[]> {
  const all = await answersSteps(source, rows, params, context, params.top)
  const texts = [...new Set(all.flat().flatMap(({ text = '', top = [] }) => [text, ...top.map(([other]) => other)]))]
  if (pupil.nearestTokens === undefined)
    throw new TributaryError('model-unsupported', `Nobody can look into ${pupil.ref.name}: it is not on this machine.`, {
      place: { port: 'pupil' },
    })
  const nearest = await pupil.nearestTokens(texts, context.models.call)
  const partners = new Map(texts.map((text, i) => [text, nearest[i] as string]))
  const partner = (text: string): string | undefined => {
    const to = partners.get(text)
    return params.by === 'exact' && to !== text ? undefined : to
  }
  return all.map((steps, at) => ({ ...moveSteps(readOf(steps), readings[at] as ReadSteps, params.by, partner), nats: natsOf(steps) }))
}

/** Every token's likelihoods, those of each model weighed by exp(−its nats a token of the answer). */
function averaged(read: readonly { readonly top: readonly TextLikelihoods[]; readonly nats: number }[]): TextLikelihoods[] {
  const length = read[0]?.top.length ?? 0
  const weights = read.map(({ nats }) => Math.exp(-nats / Math.max(1, length)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return Array.from({ length }, (_, step) => {
    const sums = new Map<string, number>()
    read.forEach(({ top }, i) => {
      for (const [text, p] of top[step] ?? []) sums.set(text, (sums.get(text) ?? 0) + ((weights[i] as number) / total) * p)
    })
    return [...sums].sort((a, b) => b[1] - a[1])
  })
}

import { rm } from 'node:fs/promises'
import { TributaryError } from '../../../shared/errors'
import type { JsonObject } from '../../../shared/json'
import type { ModelRef, Score, StatisticsRef } from '../../../shared/value'
import type { StatisticsRequest } from '../../models/model'
import { defineNode, type FisherFound, type RunContext } from '../../node-runtime'
import { tableOfActivations } from '../../weights/statistics/from-activations'
import { encodeTable, quantitiesOf, type TableEntry } from '../../weights/statistics/table'
import { fillBlob, readFloats, writeTable } from '../../weights/statistics/write-table'
import { madeBy } from './made'
import { flowOf, textsOf } from './measuring'
import { rowsParams } from './objectives'

/** What flows through a model while it reads texts, and how much its answers depend on each weight. */
export default defineNode(
  {
    type: 'calibrate',
    version: 1,
    title: 'Calibrate',
    family: 'merging',
    summary: 'Measures a model while it reads texts: what flows into each matrix, and which weights its answers depend on.',
    help: `Merge methods that weigh by statistics (*RegMean*, *Fisher-weighted average*, *Fisher mask nodes*, *Uncertainty-based matching*) need one such node for each model, on texts of that model's own task. A few dozen texts do; of each the first 512 tokens count.

- **activations**: one forward pass a text. Means, energies and (up to *Gram width* columns) Gram matrices of every matrix's input, means and variances of its output. RegMean with them is exact; where no reader of the wire is *RegMean*, Gram matrices are left out. To solve for one matrix of 4,096 columns takes RegMean 0.7 GB in each thread and minutes, for one of 1,024 some 0.1 GB: raise the width where there is room. As Fisher information they are an approximation, and say so: the energy of a column stands for the squared slope of each of its weights.
- **gradients**: exact squared gradients of every weight, head and hidden unit, by our own forward and backward pass in float32. Llama-type models only. Memory holds one matrix and what flows through one text, whatever the size of the model; the table on disk takes four bytes a weight. A text of 100 tokens takes some ten seconds with 135 million weights, and proportionally more with others: take few. *Labels* drawn from the model give the Fisher information, the texts' own answers the empirical one.
- **masks of layers**: how much the answers depend on the attention and the feed-forward part of each layer, for any architecture: what a part adds is made a little larger and smaller, and the change of the answers’ likelihood is measured. That is the squared slope of a mask on the whole part; *Fisher mask nodes* has one on each head and unit, so it is coarser, and says so. A text costs four passes a layer: take few.

Also tells loss and entropy on these texts.`,
    synonyms: ['fisher', 'gram matrix', 'activations', 'imatrix', 'importance', 'statistics', 'perplexity', 'regmean', 'calibration'],
    survey: '3',
    paper: 'Jin et al. 2022, arXiv:2212.09849; Matena and Raffel 2022, arXiv:2111.09832',
    systems: ['regmean', 'fisher-merging', 'fisher-mask', 'uncertainty-merging'],
    inputs: { data: { wire: 'dataset', arity: 'one', summary: 'texts: prompts with answers, or (answer column empty) texts alone' } },
    outputs: {
      statistics: { wire: 'statistics', summary: 'what was measured', heedsAsked: true },
      report: { wire: 'scores', summary: 'loss and entropy in nats a token, perplexity, tokens read' },
    },
    params: {
      model: { kind: 'model', default: null, needs: 'weights', title: 'Model', summary: 'whose matrices are measured' },
      measure: {
        kind: 'choice',
        default: 'activations',
        title: 'Measure',
        summary: 'how it is measured',
        options: [
          { value: 'activations', title: 'activations', summary: 'any model, forward passes only' },
          { value: 'gradients', title: 'gradients (exact Fisher)', summary: 'Llama-type models; slow for large ones' },
          { value: 'masks', title: 'masks of layers', summary: 'any model, for Fisher mask nodes; two passes for each part of a layer' },
        ],
      },
      gramWidth: {
        kind: 'number',
        default: 1024,
        min: 0,
        max: 4096,
        integer: true,
        title: 'Gram width',
        unit: 'columns',
        summary: 'matrices up to this wide get a whole Gram matrix; wider ones energies alone',
        when: { param: 'measure', in: ['activations'] },
      },
      labels: {
        kind: 'choice',
        default: 'sampled',
        title: 'Labels',
        summary: 'whose answers are differentiated',
        options: [
          { value: 'sampled', title: 'drawn from the model' },
          { value: 'observed', title: 'the texts’ own' },
        ],
        when: { param: 'measure', in: ['gradients', 'masks'] },
      },
      ...rowsParams,
    },
    effect: 'pure',
    resource: 'model',
    stochastic: true,
    face: 'model',
  },
  async ({ inputs: { data }, params, context }) => {
    const texts = textsOf(data, params)
    const { model, ...how } = params
    const made = (approximation: string | undefined): JsonObject =>
      madeBy('calibrate', {
        params: how,
        models: [model.name],
        data,
        seed: context.seed,
        ...(approximation === undefined ? {} : { approximation }),
      })
    if (params.measure === 'masks') return masks(model, texts, { labels: params.labels, made }, context)
    return params.measure === 'gradients'
      ? gradients(model, texts, { labels: params.labels, made }, context)
      : activations(model, texts, { gramWidth: wantsGrams(context) ? params.gramWidth : 0, made }, context)
  },
)

type Text = StatisticsRequest['texts'][number]

/** of one text, as of those that llama.cpp reads for statistics */
const mostTokens = 512

interface Measured {
  readonly statistics: StatisticsRef
  readonly report: Score[]
}

interface How {
  readonly made: (approximation: string | undefined) => JsonObject
}

/** What the table takes on disk, twice: as sums, and as it is kept. */
async function bytesOnDisk(model: ModelRef, gramWidth: number, { weights, blobs }: RunContext): Promise<number> {
  const { tensors } = (await weights.outline?.({ op: 'load', model }, blobs)) ?? { tensors: [] }
  return 2 * gramBytesOf(tensors, gramWidth)
}

/** Of every input up to this wide; queries, keys and values share theirs, and so do gate and up. Shapes innermost first. */
export function gramBytesOf(tensors: readonly { readonly name: string; readonly shape: readonly number[] }[], gramWidth: number): number {
  const widths = new Map(
    tensors
      .filter(({ name, shape }) => shape.length === 2 && /^(blk\.\d+\..+|output)\.weight$/.test(name))
      .map(({ name, shape }) => [name.replace(/attn_[qkv]\./, 'attn_in.').replace(/ffn_(gate|up)\./, 'ffn_in.'), shape[0] ?? 0]),
  )
  return [...widths.values()].reduce((sum, width) => sum + (width <= gramWidth ? 4 * width ** 2 : 0), 0)
}

/** Most methods read a number for each column. */
const wantsGrams = ({ asked }: RunContext): boolean => asked?.statistics?.includes('gram') ?? true

/** What comes out of matrices, which hardly anybody reads. */
const wantsOutputs = ({ asked }: RunContext): boolean => asked?.statistics?.some((quantity) => quantity.startsWith('out')) ?? true

const activationFisher = 'As Fisher information the energy of a column stands for the squared slopes of its weights (activation Fisher).'
const empiricalFisher = 'The empirical Fisher information: gradients of the texts’ own answers.'

async function activations(
  model: ModelRef,
  texts: readonly Text[],
  { gramWidth, made }: How & { readonly gramWidth: number },
  context: RunContext,
): Promise<Measured> {
  let measured: Omit<StatisticsRef, 'blob'> | undefined
  const blob = await fillBlob(context.blobs, await bytesOnDisk(model, gramWidth, context), async (path) => {
    const sums = `${path}.sums`
    try {
      const grams = gramWidth > 0 ? { grams: { width: gramWidth, path: sums } } : {}
      const found = await flowOf(model, { texts, ...grams, ...(wantsOutputs(context) ? {} : { outputs: false }) }, context)
      const { entries, shared } = tableOfActivations(found, (at, length) => readFloats(sums, at, length))
      await writeTable(path, entries, { shared, made: made(activationFisher) })
      measured = {
        model: model.name,
        quantities: quantitiesOf(entries),
        texts: texts.length,
        tokens: found.tokens,
        loss: found.nats / Math.max(1, found.scored),
        entropy: found.entropy / Math.max(1, found.scored),
        approximation: activationFisher,
      }
    } finally {
      await rm(sums, { force: true })
    }
  })
  if (measured === undefined) throw new Error('nothing was measured')
  return { statistics: { blob, ...measured }, report: reportOf(measured) }
}

async function gradients(
  model: ModelRef,
  texts: readonly Text[],
  { labels, made }: How & { readonly labels: 'sampled' | 'observed' },
  context: RunContext,
): Promise<Measured> {
  const approximation = labels === 'observed' ? empiricalFisher : undefined
  if (context.weights.fisher === undefined) throw new TributaryError('model-unsupported', 'Gradients cannot be computed here.')
  const { fisher } = context.weights
  const opened = await context.models.open(model)
  const { call } = context.models
  const tokens = await Promise.all(
    texts.map(async ({ prompt, continuation }) => {
      const lead = await opened.tokenize(prompt.kind === 'text' ? prompt.text : '', call, 'prompt')
      const rest = continuation === undefined ? [] : await opened.tokenize(continuation, call, 'end')
      return { tokens: [...lead, ...rest].slice(0, mostTokens), first: continuation === undefined ? 1 : lead.length }
    }),
  )
  const { tensors } = (await context.weights.outline?.({ op: 'load', model }, context.blobs)) ?? { tensors: [] }
  const bytes = 4 * tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)
  let found: FisherFound | undefined
  const blob = await fillBlob(context.blobs, bytes, async (path) => {
    found = await fisher(
      { model, texts: tokens, labels, seed: context.seed, made: made(approximation), path },
      { signal: context.signal, onProgress: (done, total) => context.progress(done, total, 'texts') },
    )
  })
  const { scored = 0, nats = 0 } = found ?? {}
  const statistics = {
    blob,
    model: model.name,
    quantities: ['fisher', 'units', 'heads'] as StatisticsRef['quantities'],
    texts: texts.length,
    tokens: tokens.reduce((sum, text) => sum + text.tokens.length, 0),
    loss: nats / Math.max(1, scored),
    ...(approximation === undefined ? {} : { approximation }),
  }
  return { statistics, report: reportOf(statistics) }
}

const maskStep = 0.02
const layerMasks =
  'One mask for the attention and one for the feed-forward part of each layer, by central differences, in place of one for each head and unit.'

async function masks(
  model: ModelRef,
  texts: readonly Text[],
  { labels, made }: How & { readonly labels: 'sampled' | 'observed' },
  context: RunContext,
): Promise<Measured> {
  const found = await flowOf(model, { texts, masks: { step: maskStep, labels, seed: context.seed } }, context)
  const entries = (found.masks ?? []).flatMap(({ weight, squares }) => maskEntries(weight, squares / texts.length))
  if (entries.length === 0) throw new TributaryError('model-unsupported', `"${model.name}" has no layers of the kind that can be masked.`)
  const statistics = {
    blob: await context.blobs.put(encodeTable(entries, { made: made(layerMasks) })),
    model: model.name,
    quantities: quantitiesOf(entries),
    texts: texts.length,
    tokens: found.tokens,
    loss: found.nats / Math.max(1, found.scored),
    approximation: layerMasks,
  }
  return { statistics, report: reportOf(statistics) }
}

/** One number for all heads, or all units, of a layer, under the names by which methods look for them. */
export function maskEntries(weight: string, value: number): TableEntry[] {
  const [, block, part = ''] = /^blk\.(\d+)\.(\w+)\.weight$/.exec(weight) ?? []
  const isAttention = /^(attn_|post_attention)/.test(part)
  const matrices = isAttention ? ['attn_output', 'attn_q', 'attn_k'] : ['ffn_down']
  return matrices.map((matrix) => ({
    matrix: `blk.${block}.${matrix}.weight`,
    quantity: isAttention ? 'heads' : 'units',
    shape: [1],
    data: Float32Array.of(value),
  }))
}

const reportOf = ({ loss = 0, entropy, tokens }: Pick<StatisticsRef, 'loss' | 'entropy' | 'tokens'>): Measured['report'] => [
  { name: 'loss', value: loss, unit: 'nats a token' },
  { name: 'perplexity', value: Math.exp(loss) },
  ...(entropy === undefined ? [] : [{ name: 'entropy', value: entropy, unit: 'nats a token' }]),
  { name: 'tokens', value: tokens, unit: 'read' },
]

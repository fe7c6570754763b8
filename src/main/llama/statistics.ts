import type { InputStatistics, ModelStatistics, OutputStatistics, StatisticsRequest } from '../models/model'
import { measureAdapted } from './adapted'
import { GramFile } from './gram-file'
import type { LoadedModel } from './loaded-model'
import { measureMasks } from './mask-slopes'
import { type MatrixProduct, ProductTap } from './matrix-products'
import { gramBytes } from './plan-tap'
import { Prediction } from './prediction'
import type { LlamaRuntime } from './runtime'
import type { ScoringCall } from './score'
import { namePattern } from './taps'
import { tokensOfText } from './text-tokens'

/** Reads texts and adds up what flows into and out of every weight matrix, and how well the model predicts them. */
export async function measureStatistics(
  runtime: LlamaRuntime,
  model: LoadedModel,
  request: StatisticsRequest,
  call: ScoringCall,
): Promise<ModelStatistics> {
  if (request.adapters || request.bend) return measureAdapted(runtime, model, request, call)
  if (request.masks) return measureMasks(runtime, model, { texts: request.texts, ...request.masks }, call)
  const prediction = new Prediction()
  const atOnce = textsAtOnce(model)
  let flow: Flow | undefined
  const looked = {
    wanted: namePattern(request.weights ?? ['*']),
    ...(request.outputs === false ? { onShared: (weight: string, input: string) => flow?.share(weight, input) } : {}),
  }
  const tap = await ProductTap.open(model, runtime.parts.lease, sumsOf(model, request), atOnce, looked)
  let [read, done] = [0, 0]
  try {
    flow = new Flow(request)
    for await (const group of groupsOf(request.texts, atOnce, (text) => tokensOfText(runtime, model, text))) {
      call.signal.throwIfAborted()
      // between passes other calls have their turn
      await new Promise((turn) => setImmediate(turn))
      await tap.read(
        group.map(({ tokens }) => tokens),
        (product) => {
          flow?.add(product)
          if (product.isLast) predictAll(product, group, prediction)
        },
      )
      flow.settle()
      read += group.reduce((sum, { tokens }) => sum + tokens.length, 0)
      done += group.length
      call.onProgress(done, request.texts.length)
    }
    return { ...flow.summary(), ...prediction.sums, tokens: read }
  } finally {
    prediction.close()
    flow?.close()
    tap.close()
  }
}

/** Short texts are read side by side: a pass over a few tokens costs nearly as much as one over many. Where a state is carried along, llama.cpp would mix their rows. */
const textsAtOnce = ({ native: { binding, pointer } }: LoadedModel): number =>
  binding.llama_model_is_recurrent(pointer) || binding.llama_model_is_hybrid(pointer) ? 1 : 16

/** Tokens of texts that are read side by side: logits of a large vocabulary take 200 kB each, thrice. One longer text is a pass of its own. */
const groupTokens = 256

interface ReadText {
  readonly tokens: readonly number[]
  readonly firstScored: number
}

/** As many texts, in their order, as one pass holds. */
async function* groupsOf<Text>(
  texts: readonly Text[],
  most: number,
  tokensOf: (text: Text) => Promise<ReadText>,
): AsyncGenerator<readonly ReadText[]> {
  let group: ReadText[] = []
  let held = 0
  for (const text of texts) {
    const next = await tokensOf(text)
    if (group.length > 0 && (group.length === most || held + next.tokens.length > groupTokens)) {
      yield group
      group = []
      held = 0
    }
    group.push(next)
    held += next.tokens.length
  }
  if (group.length > 0) yield group
}

function predictAll({ outputs, outputWidth }: MatrixProduct, group: readonly ReadText[], into: Prediction): void {
  let row = 0
  for (const { tokens, firstScored } of group) {
    into.add(outputs.subarray(row * outputWidth), outputWidth, tokens, firstScored)
    row += tokens.length
  }
}

const sumsOf = ({ native }: LoadedModel, { grams }: StatisticsRequest): number => {
  const { embeddingDimensions } = native
  const feedForward = Number(native.meta(`${native.architecture}.feed_forward_length`) ?? 4 * embeddingDimensions)
  return gramBytes({ embeddingDimensions, feedForward }, grams?.width ?? 0)
}

interface Inflow {
  readonly weights: Set<string>
  readonly width: number
  rows: number
  readonly sum: Float64Array
  readonly squares: Float64Array
  readonly gramAt: number | undefined
  features: Float32Array | undefined
  kept: number
  /** the matrix whose products count: others share the same input */
  readonly first: string
}

/** Sums by input and by matrix. */
class Flow {
  readonly #inputs = new Map<string, Inflow>()
  readonly #outputs = new Map<string, { rows: number; sum: Float64Array; squares: Float64Array }>()
  readonly #request: StatisticsRequest
  readonly #keeps: (name: string) => boolean
  readonly #grams: GramFile | undefined

  constructor(request: StatisticsRequest) {
    this.#request = request
    this.#keeps = namePattern(request.features?.weights ?? [])
    this.#grams = request.grams && new GramFile(request.grams.path)
  }

  add(product: MatrixProduct): void {
    const inflow = this.#inflowOf(product)
    inflow.weights.add(product.weight)
    if (inflow.first === product.weight) {
      inflow.rows += addMoments(product.inputs, product.width, inflow)
      if (inflow.gramAt !== undefined) this.#grams?.add(inflow.gramAt, product.inputs)
      keepFeatures(product, inflow)
    }
    // the logits of a large vocabulary are nobody's activations
    if (product.isLast || this.#request.outputs === false) return
    const outflow = this.#outputs.get(product.weight) ?? { rows: 0, ...emptyMoments(product.outputWidth) }
    this.#outputs.set(product.weight, outflow)
    outflow.rows += addMoments(product.outputs, product.outputWidth, outflow)
  }

  /** A matrix into which flows what was added under this name. */
  share(weight: string, input: string): void {
    this.#inputs.get(input)?.weights.add(weight)
  }

  summary(): { readonly inputs: InputStatistics[]; readonly outputs: OutputStatistics[] } {
    return {
      inputs: [...this.#inputs.values()].map(({ weights, gramAt, features, kept, width, rows, sum, squares }) => ({
        weights: [...weights],
        width,
        rows,
        sum,
        squares,
        ...(gramAt === undefined ? {} : { gramAt }),
        ...(features ? { features: features.subarray(0, kept * width) } : {}),
      })),
      outputs: [...this.#outputs].map(([weight, moments]) => ({ weight, ...moments })),
    }
  }

  /** Between passes. */
  settle(): void {
    this.#grams?.settle()
  }

  close(): void {
    this.#grams?.close()
  }

  #inflowOf({ weight, input, width }: MatrixProduct): Inflow {
    // an unnamed input belongs to its matrix alone
    const key = input === '' ? weight : input
    const known = this.#inputs.get(key)
    if (known) return known
    const inflow: Inflow = {
      weights: new Set(),
      width,
      rows: 0,
      ...emptyMoments(width),
      gramAt: width <= (this.#request.grams?.width ?? 0) ? this.#grams?.place(width) : undefined,
      features: this.#keeps(weight) ? new Float32Array((this.#request.features?.rows ?? 0) * width) : undefined,
      kept: 0,
      first: weight,
    }
    this.#inputs.set(key, inflow)
    return inflow
  }
}

const emptyMoments = (width: number): { sum: Float64Array; squares: Float64Array } => ({
  sum: new Float64Array(width),
  squares: new Float64Array(width),
})

/** Gives the number of rows. */
function addMoments(values: Float32Array, width: number, { sum, squares }: { sum: Float64Array; squares: Float64Array }): number {
  for (let start = 0; start < values.length; start += width)
    for (let c = 0; c < width; c++) {
      const x = values[start + c] as number
      sum[c] = (sum[c] as number) + x
      squares[c] = (squares[c] as number) + x * x
    }
  return values.length / width
}

function keepFeatures({ inputs, width }: MatrixProduct, inflow: Inflow): void {
  const { features } = inflow
  if (features === undefined) return
  const room = features.length / width - inflow.kept
  const rows = Math.min(room, inputs.length / width)
  features.set(inputs.subarray(0, rows * width), inflow.kept * width)
  inflow.kept += rows
}

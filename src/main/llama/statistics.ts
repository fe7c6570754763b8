import type { InputStatistics, ModelStatistics, OutputStatistics, StatisticsRequest } from '../models/model'
import { measureAdapted } from './adapted'
import { addGram } from './gram'
import type { LoadedModel } from './loaded-model'
import { measureMasks } from './mask-slopes'
import { type MatrixProduct, ProductTap } from './matrix-products'
import { gramBytes } from './plan-tap'
import { predict } from './prediction'
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
  if (request.adapters) return measureAdapted(runtime, model, { texts: request.texts, adapters: request.adapters }, call)
  if (request.masks) return measureMasks(runtime, model, { texts: request.texts, ...request.masks }, call)
  const flow = new Flow(request)
  const prediction = { scored: 0, nats: 0, entropy: 0 }
  const tap = await ProductTap.open(model, runtime.parts.lease, sumsOf(model, request))
  let read = 0
  try {
    for (const [index, text] of request.texts.entries()) {
      call.signal.throwIfAborted()
      // between texts other calls have their turn
      await new Promise((done) => setImmediate(done))
      const { tokens, firstScored } = await tokensOfText(runtime, model, text)
      await tap.read(tokens, (product) => {
        flow.add(product)
        if (product.isLast) predict(product, tokens, firstScored, prediction)
      })
      read += tokens.length
      call.onProgress(index + 1, request.texts.length)
    }
    return { ...flow.summary(), ...prediction, tokens: read }
  } finally {
    tap.close()
  }
}

const sumsOf = ({ native }: LoadedModel, { gramWidth }: StatisticsRequest): number => {
  const { layers, embeddingDimensions } = native
  const feedForward = Number(native.meta(`${native.architecture}.feed_forward_length`) ?? 4 * embeddingDimensions)
  return gramBytes({ layers, embeddingDimensions, feedForward }, gramWidth)
}

interface Inflow {
  readonly weights: Set<string>
  readonly width: number
  rows: number
  readonly sum: Float64Array
  readonly squares: Float64Array
  readonly gram: Float32Array | undefined
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

  constructor(request: StatisticsRequest) {
    this.#request = request
    this.#keeps = namePattern(request.features?.weights ?? [])
  }

  add(product: MatrixProduct): void {
    const inflow = this.#inflowOf(product)
    inflow.weights.add(product.weight)
    if (inflow.first === product.weight) {
      inflow.rows += addMoments(product.inputs, product.width, inflow)
      if (inflow.gram) addGram(product.inputs, product.width, inflow.gram)
      keepFeatures(product, inflow)
    }
    // the logits of a large vocabulary are nobody's activations
    if (product.isLast) return
    const outflow = this.#outputs.get(product.weight) ?? { rows: 0, ...emptyMoments(product.outputWidth) }
    this.#outputs.set(product.weight, outflow)
    outflow.rows += addMoments(product.outputs, product.outputWidth, outflow)
  }

  summary(): { readonly inputs: InputStatistics[]; readonly outputs: OutputStatistics[] } {
    return {
      inputs: [...this.#inputs.values()].map(({ weights, gram, features, kept, width, rows, sum, squares }) => ({
        weights: [...weights],
        width,
        rows,
        sum,
        squares,
        ...(gram ? { gram: mirrored(gram, width) } : {}),
        ...(features ? { features: features.subarray(0, kept * width) } : {}),
      })),
      outputs: [...this.#outputs].map(([weight, moments]) => ({ weight, ...moments })),
    }
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
      gram: width <= this.#request.gramWidth ? new Float32Array(width * width) : undefined,
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

function mirrored(gram: Float32Array, width: number): Float32Array {
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) gram[i * width + j] = gram[j * width + i] as number
  return gram
}

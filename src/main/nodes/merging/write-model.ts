import { defineNode } from '../../node-runtime'
import { quantizable, wantsImportance } from '../../weights/convert/codec'
import { bitsPerWeight, ggmlTypes } from '../../weights/gguf/types/ggml-type'

const typeOptions = [
  { value: 'keep', title: 'as the first source' },
  { value: 'F32', title: 'F32', summary: 'exact, large' },
  { value: 'F16', title: 'F16', summary: 'half precision' },
  { value: 'BF16', title: 'BF16', summary: 'half precision, wider range' },
  ...[...quantizable]
    .sort((a, b) => bitsPerWeight(b) - bitsPerWeight(a))
    .map((type) => ({
      value: type,
      title: type,
      summary: `${bitsPerWeight(type).toFixed(1)} bits a weight${ggmlTypes[type].block > 32 ? '; rows must be a multiple of 256' : ''}${wantsImportance(type) ? '; wire an importance' : ''}`,
    })),
]

/** The sink of every weights wire: computes the expression and gives a model that the same graph can use. */
export default defineNode(
  {
    type: 'write-model',
    version: 1,
    title: 'Write model',
    family: 'merging',
    summary: 'Computes merged weights, writes them as a model file, and gives the model for use in this graph.',
    help: `Reads every source a few rows at a time, so memory stays small whatever the size of the models. The file stands under its name only when it is whole and has been read back; a stop or a failure leaves nothing.

The same recipe gives the same bytes, so an unchanged merge is not written again. The file carries its recipe, the hashes of its sources and the seed.

*Type* says how numbers are stored: **keep** as the first source has them, F16 or BF16 for half precision, Q8_0 or Q4_K for small files. Vectors always stay F32; rows that do not fit a block type become F16. Wire a *Calibrate* (activations) or *Import importance matrix* to *importance*, and quantized types keep those columns closest through which most flows.

*File* chooses between one GGUF, ready to run, and a folder of safetensors for other tools (Llama, Mistral, Qwen 2 and 3, Gemma 1 to 3). A merged file dropped on the window opens the graph that made it.`,
    synonyms: ['gguf', 'save', 'export', 'quantize', 'merge to file', 'use merged model'],
    survey: '3',
    inputs: {
      weights: { wire: 'weights', arity: 'one', summary: 'what to write' },
      importance: {
        wire: 'statistics',
        arity: 'optional',
        summary: 'which columns matter, for quantized types',
        asks: { all: ['energy'] },
      },
    },
    outputs: { model: { wire: 'model', summary: 'the written model, ready to use' } },
    params: {
      name: { kind: 'text', default: 'merged', title: 'Name', summary: 'what the model is called in the library' },
      dtype: {
        kind: 'choice',
        default: 'keep',
        title: 'Type',
        summary: 'how the numbers are stored',
        options: typeOptions,
      },
      format: {
        kind: 'choice',
        default: 'gguf',
        advanced: true,
        title: 'File',
        summary: 'what is written',
        options: [
          { value: 'gguf', title: 'GGUF', summary: 'one file, runs at once' },
          {
            value: 'safetensors',
            title: 'safetensors',
            summary: 'a folder in Hugging Face’s layout, with config and tokenizer; F32, F16 or BF16',
          },
        ],
      },
      shardGigabytes: {
        kind: 'number',
        default: 5,
        min: 0.01,
        max: 1000,
        advanced: true,
        title: 'Largest file',
        unit: 'GB',
        summary: 'larger checkpoints are cut into files of at most this size',
        when: { param: 'format', in: ['safetensors'] },
      },
    },
    effect: 'pure',
    resource: 'merge',
    face: 'name',
  },
  async ({ inputs: { weights, importance }, params, context }) => {
    const written = await context.weights.write(
      {
        expression: weights,
        name: params.name.trim() || 'merged',
        dtype: params.dtype,
        recipe: {},
        blobs: context.blobs,
        ...(importance === undefined ? {} : { importance: importance.blob }),
        ...(params.format === 'safetensors' ? { format: 'safetensors', shardBytes: Math.round(params.shardGigabytes * 1e9) } : {}),
      },
      { signal: context.signal, onProgress: (done, total) => context.progress(done, total, 'bytes') },
    )
    for (const warning of written.warnings ?? []) context.warn(warning)
    return { model: written.model }
  },
)

import { defineNode } from '../../node-runtime'

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

*Type* says how numbers are stored: **keep** as the first source has them, F16 or BF16 for half precision, Q8_0 or Q4_K for small files. Vectors always stay F32; rows that do not fit a block type become F16.`,
    synonyms: ['gguf', 'save', 'export', 'quantize', 'merge to file', 'use merged model'],
    survey: '3',
    inputs: { weights: { wire: 'weights', arity: 'one', summary: 'what to write' } },
    outputs: { model: { wire: 'model', summary: 'the written model, ready to use' } },
    params: {
      name: { kind: 'text', default: 'merged', title: 'Name', summary: 'what the model is called in the library' },
      dtype: {
        kind: 'choice',
        default: 'keep',
        title: 'Type',
        summary: 'how the numbers are stored',
        options: [
          { value: 'keep', title: 'as the first source' },
          { value: 'F32', title: 'F32', summary: 'exact, large' },
          { value: 'F16', title: 'F16', summary: 'half precision' },
          { value: 'BF16', title: 'BF16', summary: 'half precision, wider range' },
          { value: 'Q8_0', title: 'Q8_0', summary: '8 bits, hardly any loss' },
          { value: 'Q6_K', title: 'Q6_K', summary: '6 bits; rows must be a multiple of 256' },
          { value: 'Q5_K', title: 'Q5_K', summary: '5 bits; rows must be a multiple of 256' },
          { value: 'Q4_K', title: 'Q4_K', summary: '4 bits; rows must be a multiple of 256' },
          { value: 'Q5_0', title: 'Q5_0', summary: '5 bits' },
          { value: 'Q4_0', title: 'Q4_0', summary: '4 bits' },
          { value: 'Q4_1', title: 'Q4_1', summary: '4 bits with an offset' },
          { value: 'IQ4_NL', title: 'IQ4_NL', summary: '4 bits, uneven steps' },
        ],
      },
    },
    effect: 'pure',
    resource: 'merge',
    face: 'name',
  },
  async ({ inputs: { weights }, params, context }) => {
    const written = await context.weights.write(
      { expression: weights, name: params.name.trim() || 'merged', dtype: params.dtype, recipe: {}, blobs: context.blobs },
      { signal: context.signal, onProgress: (done, total) => context.progress(done, total, 'bytes') },
    )
    for (const warning of written.warnings ?? []) context.warn(warning)
    return { model: written.model }
  },
)

import { defineNode } from '../../node-runtime'

/** A model file as a weights expression: nothing is read yet. */
export default defineNode(
  {
    type: 'load-weights',
    version: 1,
    title: 'Load weights',
    family: 'merging',
    summary: 'Opens a model as weights, to be merged with others.',
    help: `The start of every merge. The wire carries only *how to get each tensor*; the file is read when *Write model* asks for it, a few rows at a time, so models of any size fit.

Models can be merged when they were tuned from one ancestor: same architecture, same sizes, same vocabulary. F16 or BF16 originals are best; differences of models below 8 bits are mostly rounding noise.`,
    synonyms: ['gguf', 'checkpoint', 'model to weights', 'tensors', 'merge source'],
    survey: '3',
    inputs: {},
    outputs: { weights: { wire: 'weights', summary: 'the tensors of the model' } },
    params: { model: { kind: 'model', default: null, needs: 'weights', title: 'Model', summary: 'a model file on this machine' } },
    effect: 'pure',
    resource: 'cpu',
    face: 'model',
  },
  ({ params }) => ({ weights: { op: 'load', model: params.model } as const }),
)

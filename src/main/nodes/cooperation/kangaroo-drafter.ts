import type { DrafterExpression, WeightsExpression } from '../../../shared/expression'
import { defineNode } from '../../node-runtime'
import { refuse } from '../../weights/settings'

/** Kangaroo (Liu et al. 2024): the first layers of a model and its own head draft for the whole of it. The slice is written once, as a model file. */
export default defineNode(
  {
    type: 'kangaroo-drafter',
    version: 1,
    title: 'Kangaroo drafter',
    family: 'cooperation',
    formula:
      'q = head(norm(h_l)) after the first l = {layers} layers; takes x with min(1, p(x) / q(x))\nat most {most} tokens; ends below q = {stopBelow}',
    summary: 'The first layers of a model guess ahead for the whole model.',
    help: `Early exit: the first *Layers* blocks of a model, with its final norm and head behind them, make a small model that guesses; the whole model checks. A second exit ends a guess after a token that the small model gave less than *Stop when unsure*. The text keeps exactly the law of the whole model.

The published method trains an adapter between the last of these layers and the head, and shares their cache with the whole model. Here there is neither: the layers are written to a file of their own and read again for every guess. Without an adapter the head has never seen what comes out of an early layer: on a toy of 4 layers, 32 % of the guesses of one layer were kept, 49 % of two, 59 % of three, and a guess of three layers costs nearly as much as the model. Put it into *Several drafters*, or compare it with a small model of the same family, before relying on it.`,
    synonyms: ['early exit', 'self-speculative decoding', 'self-drafting', 'layer skip', 'double early exit', 'faster'],
    survey: '5.1.2',
    paper: 'Liu et al. 2024, arXiv:2404.18911',
    systems: ['kangaroo'],
    inputs: {},
    outputs: { drafter: { wire: 'drafter', summary: 'for the drafter port of a decoder or a language model' } },
    params: {
      model: { kind: 'model', default: null, needs: 'distribution', summary: 'the model that is to be guessed for' },
      layers: {
        kind: 'number',
        default: 2,
        min: 1,
        max: 256,
        step: 1,
        integer: true,
        title: 'Layers',
        summary: 'how many of its first layers guess',
      },
      most: {
        kind: 'number',
        default: 6,
        min: 1,
        max: 32,
        step: 1,
        integer: true,
        title: 'Longest draft',
        summary: 'tokens guessed at once, at most',
      },
      stopBelow: {
        kind: 'number',
        default: 0.6,
        min: 0,
        max: 1,
        step: 0.05,
        title: 'Stop when unsure',
        summary: 'ends the draft after a token that the first layers gave less than this probability',
      },
    },
    effect: 'pure',
    resource: 'merge',
    face: 'model',
  },
  async ({ params: { model, layers, most, stopBelow }, context }) => {
    if (model === null) refuse('Kangaroo drafter', 'has no model', 'Choose the model that the decoder runs.')
    const slice: WeightsExpression = {
      op: 'stack',
      sources: [{ op: 'load', model }],
      layers: Array.from({ length: layers }, (_, layer) => ({ source: 0, layer })),
    }
    const written = await context.weights.write(
      { expression: slice, name: `${model.name}, first ${layers} layers`, dtype: 'keep', recipe: {} },
      { signal: context.signal, onProgress: (done, total) => context.progress(done, total, 'bytes') },
    )
    const drafter: DrafterExpression = { drafter: 'model', model: written.model, params: { most, stopBelow } }
    return { drafter }
  },
)

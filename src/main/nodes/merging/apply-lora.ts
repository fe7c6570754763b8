import type { WeightsExpression } from '../../../shared/expression'
import { defineNode } from '../../node-runtime'
import { readAdapter } from '../../weights/statistics/lora'
import { encodeTable } from '../../weights/statistics/table'
import { requireChosen } from '../io/documents'

/** A low-rank adapter worked into the weights of a model. */
export default defineNode(
  {
    type: 'apply-lora',
    version: 1,
    title: 'Apply LoRA',
    family: 'merging',
    summary: 'Works a low-rank adapter into the weights of its base model.',
    help: 'W* = W + scale · (alpha / rank) · B·A for every matrix that the adapter has. Takes adapters in GGUF (llama.cpp’s `convert_lora_to_gguf` makes them from others). The result merges like any fine-tuned model; with a *Task vector* against the base it is the adapter as a difference.',
    synonyms: ['lora', 'adapter', 'peft', 'low rank', 'fold', 'bake'],
    survey: '3',
    paper: 'Hu et al. 2021, arXiv:2106.09685',
    inputs: { weights: { wire: 'weights', arity: 'one', summary: 'the model that the adapter was made for' } },
    outputs: { weights: { wire: 'weights', summary: 'the model with what the adapter learnt' } },
    params: {
      source: { kind: 'resource', default: null, accepts: ['file'], title: 'Adapter', summary: 'a LoRA adapter in GGUF' },
      scale: {
        kind: 'number',
        default: 1,
        min: -100,
        max: 100,
        step: 0.1,
        title: 'Scale',
        summary: 'how much of it; negative takes it away',
      },
    },
    effect: 'reads-world',
    resource: 'io',
    face: 'source',
  },
  async ({ inputs: { weights }, params, context }) => {
    requireChosen(params.source, 'an adapter')
    const { name, bytes } = await context.resources.file(params.source)
    const statistics = await context.blobs.put(encodeTable(readAdapter(bytes, name).entries))
    const adapted: WeightsExpression = {
      op: 'merge',
      method: 'lora',
      models: [{ weights, params: {}, statistics }],
      params: { scale: params.scale },
      seed: 0,
    }
    return { weights: adapted }
  },
)

import { TributaryError } from '../../../shared/errors'
import type { WeightsExpression } from '../../../shared/expression'
import { defineNode, type RunContext } from '../../node-runtime'
import { type Adapter, entriesOf } from '../../weights/adapters/adapter'
import { readGgufAdapter } from '../../weights/adapters/gguf-adapter'
import { readPeftAdapter, readPeftConfig } from '../../weights/adapters/peft-adapter'
import { isGguf } from '../../weights/gguf/bytes/byte-source'
import { encodeTable } from '../../weights/statistics/table'
import { requireChosen } from '../io/documents'
import { madeBy } from './made'

/** A low-rank adapter worked into the weights of a model. */
export default defineNode(
  {
    type: 'apply-lora',
    version: 1,
    title: 'Apply LoRA',
    family: 'merging',
    formula: 'W* = W + {scale} · (α / r) · B A for every matrix of the adapter',
    summary: 'Works a low-rank adapter into the weights of its base model.',
    help: `W* = W + scale · (alpha / rank) · B·A for every matrix that the adapter has. The adapter comes by wire (*Extract LoRA*) or from a file: GGUF, or PEFT’s \`adapter_model.safetensors\` of the Llama family with its \`adapter_config.json\`, which holds alpha. Without the config alpha counts as equal to the rank.

The result merges like any fine-tuned model; with a *Task vector* against the base it is the adapter as a difference.`,
    synonyms: ['lora', 'adapter', 'peft', 'low rank', 'fold', 'bake'],
    survey: '3',
    paper: 'Hu et al. 2021, arXiv:2106.09685',
    inputs: {
      weights: { wire: 'weights', arity: 'one', summary: 'the model that the adapter was made for' },
      adapter: { wire: 'statistics', arity: 'optional', summary: 'an extracted adapter, in place of a file' },
    },
    outputs: { weights: { wire: 'weights', summary: 'the model with what the adapter learnt' } },
    params: {
      source: {
        kind: 'resource',
        default: null,
        optional: true,
        accepts: ['file'],
        title: 'Adapter',
        summary: 'a LoRA adapter: GGUF or PEFT safetensors; not needed where one is wired',
      },
      config: {
        kind: 'resource',
        default: null,
        optional: true,
        accepts: ['file'],
        advanced: true,
        title: 'Config',
        summary: 'the adapter_config.json of a PEFT adapter',
      },
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
  async ({ inputs: { weights, adapter }, params, context }) => {
    const statistics = adapter?.blob ?? (await fromFile(params.source, params.config, weights, context))
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

/** The blob of the adapter's arrays. */
async function fromFile(source: string | null, config: string | null, weights: WeightsExpression, context: RunContext): Promise<string> {
  requireChosen(source, 'an adapter')
  const { name, bytes } = await context.resources.file(source)
  const read = isGguf(bytes) ? readGgufAdapter(bytes, name) : await readPeft(bytes, name, config, weights, context)
  return context.blobs.put(encodeTable(entriesOf(read), { made: madeBy('apply-lora', { params: { file: name } }) }))
}

async function readPeft(
  bytes: Uint8Array,
  name: string,
  config: string | null,
  weights: WeightsExpression,
  context: RunContext,
): Promise<Adapter> {
  const { outline } = context.weights
  if (outline === undefined) throw new TributaryError('model-unsupported', 'PEFT adapters cannot be read here.')
  const settings = config === null ? undefined : await context.resources.file(config)
  if (settings === undefined) context.warn(`${name} came without its adapter_config.json: alpha counts as equal to the rank.`)
  return readPeftAdapter(bytes, name, await outline(weights, context.blobs), settings && readPeftConfig(settings.bytes, settings.name))
}

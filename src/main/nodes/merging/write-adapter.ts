import { TributaryError } from '../../../shared/errors'
import { defineNode } from '../../node-runtime'
import { matricesOf } from '../../weights/adapters/adapter'
import { writeGgufAdapter } from '../../weights/adapters/gguf-adapter'
import { writePeftAdapter } from '../../weights/adapters/peft-adapter'
import { decodeTable } from '../../weights/statistics/table'

/** An adapter as files that other tools load. */
export default defineNode(
  {
    type: 'write-adapter',
    version: 1,
    title: 'Write adapter',
    family: 'merging',
    summary: 'Writes a LoRA adapter as a file: GGUF for llama.cpp, or safetensors as PEFT has them.',
    help: 'GGUF is one file that llama.cpp applies at scale 1 (`--lora`). PEFT’s layout is a folder with `adapter_model.safetensors` and `adapter_config.json`, names and order of rows as in Hugging Face’s checkpoints of the Llama family. The files lie beside the models, and can be chosen in *Apply LoRA* at once.',
    synonyms: ['lora', 'peft', 'save adapter', 'export', 'safetensors', 'gguf'],
    survey: '3',
    paper: 'Hu et al. 2021, arXiv:2106.09685',
    inputs: {
      adapter: { wire: 'statistics', arity: 'one', summary: 'from Extract LoRA' },
      base: { wire: 'weights', arity: 'one', summary: 'the model that it is for' },
    },
    outputs: { files: { wire: 'json', summary: 'the folder, and the id of each file' } },
    params: {
      name: { kind: 'text', default: 'adapter', title: 'Name', summary: 'what the adapter is called' },
      format: {
        kind: 'choice',
        default: 'gguf',
        title: 'File',
        summary: 'what is written',
        options: [
          { value: 'gguf', title: 'GGUF', summary: 'one file for llama.cpp' },
          { value: 'peft', title: 'safetensors (PEFT)', summary: 'a folder in Hugging Face’s layout' },
        ],
      },
    },
    effect: 'writes-world',
    resource: 'io',
    face: 'name',
  },
  async ({ inputs: { adapter, base }, params, context }) => {
    const { outline, keepAdapter } = context.weights
    if (outline === undefined || keepAdapter === undefined)
      throw new TributaryError('model-unsupported', 'Adapters cannot be written here.')
    const model = await outline(base, context.blobs)
    const widths = new Map(model.tensors.map(({ name, shape }) => [name, shape[0]]))
    const matrices = matricesOf(decodeTable(await context.blobs.get(adapter.blob)), (matrix) => widths.get(matrix))
    if (matrices.length === 0)
      throw new TributaryError('statistics-missing', 'There is no adapter of this model on the wire.', {
        hint: 'Wire Extract LoRA, with the same base.',
      })
    const name = params.name.trim() || 'adapter'
    const content = { matrices, architecture: model.architecture }
    const files: Readonly<Record<string, Uint8Array>> =
      params.format === 'gguf'
        ? { 'adapter.gguf': writeGgufAdapter(content, name) }
        : writePeftAdapter(content, model, base.op === 'load' ? base.model.name : name)
    const kept = await keepAdapter({ name, files })
    return {
      files: { folder: kept.folder, files: Object.fromEntries(Object.keys(files).map((file, index) => [file, kept.files[index] ?? ''])) },
    }
  },
)

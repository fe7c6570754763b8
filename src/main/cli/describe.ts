import type { InterfaceInput } from '../../shared/graph/document'
import { type WireKind, wireKinds } from '../../shared/wire'
import { graphFromArgument } from './graph-argument'
import { type GlobalOptions, withApp } from './options'
import { printJson } from './output'

const jsonTypes: Partial<Record<WireKind, object>> = {
  text: { type: 'string' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  messages: { type: 'array', items: { type: 'object', required: ['role', 'content'] } },
  documents: { type: 'array', items: { type: 'object', required: ['id', 'text'] } },
  candidates: { type: 'array', items: { type: 'object', required: ['text'] } },
  claims: { type: 'array' },
  verdicts: { type: 'array' },
  scores: { type: 'array' },
  dataset: { type: 'object', required: ['name', 'columns', 'rows'] },
}

/** A graph's inputs and outputs as JSON Schema (2020-12), always JSON: it is meant for programs. */
export async function describe(argument: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const { document } = await graphFromArgument(argument, app)
    const { inputs, outputs } = document.interface
    printJson({
      id: document.id,
      name: document.name,
      inputs: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, describeInput(input)])),
        required: Object.entries(inputs)
          .filter(([, input]) => input.required !== false && input.default === undefined)
          .map(([name]) => name),
        additionalProperties: false,
      },
      outputs: {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(outputs).map(([name, output]) => [
            name,
            { ...jsonTypes[output.type], description: output.doc ?? wireKinds[output.type].summary },
          ]),
        ),
      },
    })
    return 0
  })
}

function describeInput(input: InterfaceInput): object {
  return {
    ...jsonTypes[input.type],
    description: input.doc ?? wireKinds[input.type].summary,
    ...(input.default === undefined ? {} : { default: input.default }),
    ...(input.example === undefined ? {} : { examples: [input.example] }),
    ...(input.min === undefined ? {} : { minimum: input.min }),
    ...(input.max === undefined ? {} : { maximum: input.max }),
  }
}

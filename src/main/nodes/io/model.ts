import { defineNode } from '../../node-runtime'

/** A model by name, for nodes that take models by wire: routers, cascades, records. */
export default defineNode(
  {
    type: 'model',
    version: 1,
    title: 'Model',
    family: 'io',
    summary: 'Names one model, for nodes that choose among several.',
    help: 'Routers, cascades and records take their models by wires: one of these nodes for each. The order of the wires is the order of the models. It may also feed the model of any node, so that one choice serves many.',
    synonyms: ['LLM', 'choose model', 'select', 'reference', 'GGUF'],
    inputs: {},
    outputs: { model: { wire: 'model', summary: 'the model' } },
    params: { model: { kind: 'model', default: null, needs: 'text', title: 'Model', summary: 'the model that is named' } },
    effect: 'pure',
    resource: 'cpu',
    face: 'model',
  },
  ({ params: { model } }) => ({ model }),
)

import { describe, expect, it } from 'vitest'
import { noUsage } from '../../../shared/run/events'
import type { Decoded, DecodeProgram } from '../../models/model'
import type { NodeDefinition } from '../../node-runtime'
import { systemIds } from '../catalog'
import { checkDefinition } from '../check-definition'
import drafterNodes from '../cooperation/drafters'
import { runNode, testContext, testModel } from '../testing'
import decoder from './decoder'
import languageModel from './language-model'
import modelDistribution from './model-distribution'
import operatorNodes from './operators'
import { stopStrings } from './sampling'

const find = (nodes: readonly NodeDefinition[], type: string): NodeDefinition => {
  const node = nodes.find(({ spec }) => spec.type === type)
  if (node === undefined) throw new Error(`no node ${type}`)
  return node
}
const user = (content: string) => [{ role: 'user' as const, content }]
const usage = {
  ...noUsage,
  promptMs: 1,
  decodeMs: 1,
  promptTokens: 3,
  tokens: 2,
  drafted: 4,
  accepted: 3,
  passes: 2,
}

/** A decoder that writes what it was asked, and keeps the programs. */
function recording(decoded: Partial<Decoded> = {}) {
  const programs: DecodeProgram[] = []
  const models = {
    ...testContext().models,
    open: async () => ({ describe: async () => ({ hasChatTemplate: true }) }) as never,
    decode: async (program: DecodeProgram): Promise<Decoded> => {
      programs.push(program)
      return { text: ` answer ${program.seed} `, tokens: 2, finish: 'end', logprob: -1, usage, ...decoded }
    },
  }
  return { programs, context: { models, seed: 7 } }
}

describe('every node of the token family', () => {
  it('has a definition without a fault', () => {
    for (const node of [...operatorNodes, ...drafterNodes, decoder, languageModel, modelDistribution]) {
      expect(checkDefinition(node, systemIds()), node.spec.type).toEqual([])
    }
  })
})

describe('operator nodes', () => {
  const leaf = (name: string, vocabulary?: string) => ({
    op: 'lm',
    model: { ...testModel, name, ...(vocabulary && { vocabulary }) },
    prompt: { kind: 'text', text: 'a' },
  })
  it('put the operator on top of what is wired in, defaults filled in', async () => {
    const { outputs } = await runNode(find(operatorNodes, 'op-linear-mix'), { inputs: { models: [leaf('a'), leaf('b')] } })
    expect(outputs.distribution).toEqual({ op: 'linear-mix', inputs: { models: [leaf('a'), leaf('b')] }, params: { weights: [] } })
  })
  it('refuse unlike vocabularies before any model is loaded', async () => {
    const inputs = { expert: leaf('a', 'x'), amateur: leaf('b', 'y') }
    await expect(runNode(find(operatorNodes, 'op-contrast'), { inputs })).rejects.toMatchObject({ code: 'vocabulary-mismatch' })
    await runNode(find(operatorNodes, 'op-contrast'), { inputs: { ...inputs, amateur: leaf('b') } })
  })
  it('refuse weights that do not fit the wires', async () => {
    const run = runNode(find(operatorNodes, 'op-linear-mix'), { inputs: { models: [leaf('a')] }, params: { weights: [1, 2] } })
    await expect(run).rejects.toMatchObject({ code: 'input-type' })
  })
})

describe('drafter nodes', () => {
  it('give a drafter with its settings and, where it needs one, its model', async () => {
    const ngram = await runNode(find(drafterNodes, 'ngram-drafter'), { params: { most: 4 } })
    expect(ngram.outputs.drafter).toMatchObject({ drafter: 'ngram', params: { most: 4 } })
    const model = await runNode(find(drafterNodes, 'model-drafter'), { params: { model: testModel } })
    expect(model.outputs.drafter).toMatchObject({ drafter: 'model', model: testModel })
  })
})

describe('the language model', () => {
  it('gives a chat to a model with a template and plain text to a toy', async () => {
    const { programs, context } = recording()
    const params = { system: 'be brief' }
    await runNode(languageModel, { inputs: { prompt: user('hi') }, params: { ...params, model: testModel }, context })
    await runNode(languageModel, {
      inputs: { prompt: user('hi') },
      params: { ...params, model: { ...testModel, name: 'toy-base' } },
      context,
    })
    await runNode(languageModel, { inputs: { prompt: user('hi') }, params: { template: 'raw', model: testModel }, context })
    expect(programs.map(({ expression }) => (expression as { prompt: unknown }).prompt)).toEqual([
      { kind: 'chat', messages: [{ role: 'system', content: 'be brief' }, ...user('hi')] },
      { kind: 'text', text: 'be brief\nhi' },
      { kind: 'text', text: 'hi' },
    ])
  })
  it('draws several answers, each with its own seed, the first with the node’s', async () => {
    const { programs, context } = recording()
    const { outputs } = await runNode(languageModel, { inputs: { prompt: user('hi') }, params: { model: testModel, samples: 3 }, context })
    expect(programs[0]?.seed).toBe(7)
    expect(new Set(programs.map(({ seed }) => seed)).size).toBe(3)
    expect(outputs.text).toBe('answer 7')
    expect(outputs.candidates).toHaveLength(3)
  })
  it('passes on sampler, stop strings, schema and drafter', async () => {
    const { programs, context } = recording()
    const drafter = { drafter: 'ngram', params: {} }
    const params = { model: testModel, temperature: 0.5, topP: 0.9, stop: '\\n\\n\nend', jsonSchema: { type: 'object' }, maxTokens: 9 }
    await runNode(languageModel, { inputs: { prompt: user('hi'), drafter }, params, context })
    expect(programs[0]).toMatchObject({
      sampler: { temperature: 0.5, topK: 0, topP: 0.9, minP: 0, repetitionPenalty: 1 },
      stop: ['\n\n', 'end'],
      jsonSchema: { type: 'object' },
      maxTokens: 9,
      drafter,
    })
  })
  it('says when an answer was cut', async () => {
    const { context } = recording({ finish: 'length' })
    const { warnings } = await runNode(languageModel, { inputs: { prompt: user('hi') }, params: { model: testModel }, context })
    expect(warnings).toEqual(['The answer was cut at 2 tokens.'])
  })
})

describe('the decoder', () => {
  const leaf = { op: 'lm', model: testModel, prompt: { kind: 'text', text: 'a' } }
  it('keeps a trace as a blob, with a summary', async () => {
    const step = { text: 'a', id: 0, entropy: 1, logprob: -1, origin: 'target', rejected: [], top: [], sourceTop: [] } as const
    const trace = {
      sources: ['m', 'n'],
      steps: [
        { ...step, decidedBy: 0 },
        { ...step, decidedBy: 1 },
        { ...step, decidedBy: 1 },
      ],
    }
    const { programs, context } = recording({ trace })
    const { outputs } = await runNode(decoder, { inputs: { distribution: leaf }, params: { trace: 3 }, context })
    expect(programs[0]?.trace).toEqual({ topK: 3 })
    expect(outputs.trace).toMatchObject({
      blob: expect.any(String),
      decided: [
        { name: 'm', tokens: 1 },
        { name: 'n', tokens: 2 },
      ],
      acceptance: 0.75,
    })
  })
  it('keeps a trace by itself where several models or a drafter work, and none where one model does', async () => {
    const mix = { op: 'linear-mix', inputs: { models: [leaf, leaf] }, params: {} }
    const asked = async (inputs: object, params: object) => {
      const { programs, context } = recording()
      await runNode(decoder, { inputs: inputs as never, params: params as never, context })
      return programs[0]?.trace
    }
    expect(await asked({ distribution: mix }, {})).toEqual({ topK: 5 })
    expect(await asked({ distribution: leaf, drafter: { drafter: 'ngram', params: {} } }, {})).toEqual({ topK: 5 })
    expect(await asked({ distribution: leaf }, {})).toBeUndefined()
    expect(await asked({ distribution: mix }, { trace: 0 })).toBeUndefined()
  })
  it('begins with a given text where there is one', async () => {
    const { programs, context } = recording()
    await runNode(decoder, { inputs: { distribution: leaf }, params: { prefix: ' paris' }, context })
    expect(programs[0]?.prefix).toBe(' paris')
  })
  it('gives null where no trace was asked for', async () => {
    const { outputs } = await runNode(decoder, { inputs: { distribution: leaf }, context: recording().context })
    expect(outputs).toMatchObject({ text: 'answer 7', trace: null })
  })
})

describe('stop strings', () => {
  it('stand one a line, line breaks written out', () => {
    expect(stopStrings('')).toEqual([])
    expect(stopStrings('\\n\\n\nq:')).toEqual(['\n\n', 'q:'])
  })
})

import { describe, expect, it } from 'vitest'
import type { WeightsExpression } from '../../../shared/expression'
import type { JsonObject } from '../../../shared/json'
import type { RunContext } from '../../node-runtime'
import { runNode, testContext, testModel } from '../testing'
import searchLayers from './search-layers'

/** Two models of four layers; the loss of a stack is how many layers it lacks of those wished for, and has besides. */
type Stack = Extract<WeightsExpression, { op: 'stack' }>
const load = (name: string): WeightsExpression => ({ op: 'load', model: { ...testModel, id: name, name } })
const wished = [0, 1, 2, 3].map((layer) => ({ source: layer < 2 ? 0 : 1, layer }))
const lossOf = ({ layers }: Stack): number => {
  const has = (all: Stack['layers'], one: { source: number; layer: number }): boolean =>
    all.some(({ source, layer }) => source === one.source && layer === one.layer)
  return wished.filter((one) => !has(layers, one)).length + layers.filter((one) => !has(wished, one)).length
}
const tensors = ['attn_norm', 'ffn_norm'].map((name) => ({ name: `blk.0.${name}.weight`, shape: [4] }))
const outlined = { architecture: 'llama', blocks: 4, width: 4, heads: 1, kvHeads: 1, headSize: 4, tensors }

interface Watched {
  readonly context: Partial<RunContext>
  /** candidates that were really judged */
  readonly judged: Stack[]
  /** what the plot is told */
  readonly plot: { readonly loss: number; readonly step: number | undefined }[]
}

function watched(known = new Map<string, number>(), stopAfter = Infinity): Watched {
  const judged: Stack[] = []
  const plot: Watched['plot'] = []
  let candidate: WeightsExpression = load('a')
  const context: Partial<RunContext> = {
    weights: {
      ...testContext().weights,
      outline: async () => outlined,
      judged: { get: (key) => known.get(key), put: (key, loss) => void known.set(key, loss) },
      withCandidate: (request, _, use) => {
        if (judged.length === stopAfter) throw new Error('killed')
        candidate = request.expression
        judged.push(candidate as Stack)
        return use({ ...testModel, id: 'candidate' })
      },
    },
    metric: (_, loss, of) => void plot.push({ loss, step: of?.step }),
    models: {
      ...testContext().models,
      open: async (ref) =>
        ({
          ref,
          scoreAll: async (rows: readonly unknown[]) => rows.map(() => [{ logprob: -lossOf(candidate as Stack), tokens: 1 }]),
        }) as unknown as Awaited<ReturnType<RunContext['models']['open']>>,
    },
  }
  return { context, judged, plot }
}

const data = { name: 'held out', use: 'dev' as const, columns: ['prompt', 'answer'], rows: [{ prompt: 'q', answer: 'a' }] }
const run = (context: Partial<RunContext>, params: Record<string, unknown> = {}) =>
  runNode(searchLayers, {
    inputs: { models: [load('a'), load('b')], data },
    params: { budget: 60, scales: false, repeats: 1, most: 2, ...params },
    context,
  })

describe('a search over layers', () => {
  it('never ends below its first model, tells each candidate, and keeps a record of how the layers were found', async () => {
    const { context, plot } = watched()
    const { outputs } = await run(context)
    const { search, layers } = outputs.weights as Stack
    const { best, candidates } = outputs.report as { best: { loss: number }; candidates: { loss: number }[] }
    expect(candidates[0]?.loss).toBe(4)
    expect(best.loss).toBeLessThan(4)
    expect(lossOf({ op: 'stack', sources: [], layers })).toBe(best.loss)
    expect(plot).toHaveLength(candidates.length)
    expect(plot.map(({ step }) => step)).toEqual(plot.map((_, index) => index + 1))
    expect(search).toMatchObject({
      node: 'search-layers',
      search: 'genetic',
      budget: 60,
      tried: candidates.length,
      best: best.loss,
      space: { depths: [4, 4], repeats: 1, scales: false, row: 'depth', most: 2 },
      rows: { name: 'held out', count: 1, keptFor: 'dev' },
    } satisfies JsonObject)
  })

  it('goes on where it was killed: nothing is judged twice', async () => {
    const known = new Map<string, number>()
    const first = watched(known, 9)
    await expect(run(first.context)).rejects.toThrow('killed')
    const second = watched(known)
    const whole = watched()
    const [resumed, plain] = [await run(second.context), await run(whole.context)]
    expect(resumed.outputs).toEqual(plain.outputs)
    const key = ({ layers }: Stack): string => JSON.stringify(layers)
    expect(second.judged.map(key).filter((one) => first.judged.map(key).includes(one))).toEqual([])
    expect(second.judged.length).toBeLessThan(whole.judged.length)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TokenSequence } from '../decoding/source'
import { inspectModelFile } from '../host-inspect'
import { defaultHostSettings } from '../models/host-protocol'
import { toyRef } from '../models/testing'
import { GrammarConstraint, grammarOfSchema } from './grammar'
import type { ModelLease } from './model-store'
import { LlamaRuntime } from './runtime'
import { LlamaService } from './service'

const ref = toyRef('toy-facts')
const signal = new AbortController().signal
const text = 'q: what is the capital of france? a: paris. the red key is in oslo. the blue cup is in rome.'

/** llama.cpp in this process: a failed assertion would end the tests, which is what these look for. */
describe('evaluating tokens', () => {
  let service: LlamaService
  let lease: ModelLease
  let runtime: LlamaRuntime
  let tokens: number[]
  let size: number

  beforeAll(async () => {
    service = await LlamaService.start({
      settings: { ...defaultHostSettings, device: 'cpu' },
      inspect: inspectModelFile,
      templates: { close: async () => undefined } as never,
      onMemory: () => undefined,
    })
    lease = await service.store.lease([{ ref, path: 'resources/toys/toy-facts.gguf' }], { signal, onEvent: () => undefined })
    runtime = new LlamaRuntime({
      binding: service.store.binding,
      llama: service.store.libraries.llama,
      lease,
      renderChat: async () => '',
    })
    const { vocabulary } = lease.model(ref.id).native
    tokens = vocabulary.tokenizePrompt(text)
    size = vocabulary.size
  })
  afterAll(async () => {
    runtime.close()
    lease.release()
    await service.close()
  })

  const open = async (branches = 0, capacity = tokens.length + 8): Promise<TokenSequence> =>
    (await runtime.open([{ model: ref, prompt: [], capacity, branches }], signal))[0] as TokenSequence
  const newRow = (): Float32Array => new Float32Array(size)
  /** logits after a list of tokens, read in pieces of these lengths */
  const logitsAfter = async (list: readonly number[], pieces: readonly number[]): Promise<Float32Array> => {
    const sequence = await open()
    const row = newRow()
    let start = 0
    for (const length of pieces) {
      await runtime.evaluate([{ sequence, tokens: list.slice(start, start + length), rows: [row] }], { signal })
      start += length
    }
    expect(sequence.length).toBe(list.length)
    sequence.truncate(0)
    sequence.dispose()
    return row
  }
  const difference = (a: Float32Array, b: Float32Array): number => a.reduce((max, x, i) => Math.max(max, Math.abs(x - (b[i] as number))), 0)

  it('gives the same logits to the last bit however a prompt is cut into pieces of several tokens', async () => {
    const whole = await logitsAfter(tokens, [tokens.length])
    const cut = await logitsAfter(tokens, [5, 3, tokens.length - 10, 2])
    expect(difference(whole, cut)).toBe(0)
  })

  it('gives nearly the same one token at a time', async () => {
    const whole = await logitsAfter(tokens, [tokens.length])
    const single = await logitsAfter(tokens, new Array(tokens.length).fill(1))
    expect(difference(whole, single)).toBeLessThan(0.05)
  })

  it('reads a tree of tokens in one batch as if each way through it were read alone, to the last bit, and keeps the first', async () => {
    const [a, b, c] = [tokens.slice(4, 7), tokens.slice(9, 12), tokens.slice(14, 16)] as [number[], number[], number[]]
    const before = tokens.slice(0, 20)
    const tree = [...a, ...b, ...c] // a, then b instead of a's last two, then c instead of all
    const parents = [-1, 0, 1, 0, 3, 4, -1, 6]
    const ways = [a, [...a.slice(0, 1), ...b], c]
    const sequence = (
      await runtime.open(
        [{ model: ref, prompt: [], capacity: tokens.length + 8, branches: 0, tree: { tokens: tree.length, paths: ways.length } }],
        signal,
      )
    )[0] as TokenSequence
    const rows = Array.from({ length: tree.length + 1 }, newRow)
    await runtime.evaluate([{ sequence, tokens: [...before, ...tree], parents, rows }], { signal })
    expect(sequence.length).toBe(before.length + a.length)
    const ends = [2, 5, 7]
    for (const [i, way] of ways.entries())
      expect(difference(rows[(ends[i] as number) + 1] as Float32Array, await logitsAfter([...before, ...way], [20, way.length]))).toBe(0)
    sequence.truncate(before.length + 1) // what was read beside it is gone: the text goes on as if nothing had been tried
    const row = newRow()
    await runtime.evaluate([{ sequence, tokens: b, rows: [row] }], { signal })
    expect(difference(row, rows[6] as Float32Array)).toBe(0)
    sequence.dispose()
  })

  it('batches several sequences as if each were alone', async () => {
    const lists = [tokens, tokens.slice(0, 9), [...tokens.slice(0, 4), ...tokens.slice(8)]]
    const sequences = await runtime.open(
      lists.map((list) => ({ model: ref, prompt: [], capacity: list.length + 1, branches: 0 })),
      signal,
    )
    const rows = lists.map(newRow)
    await runtime.evaluate(
      lists.map((list, i) => ({ sequence: sequences[i] as TokenSequence, tokens: list, rows: [rows[i] as Float32Array] })),
      { signal },
    )
    for (const sequence of sequences) {
      sequence.truncate(0)
      sequence.dispose()
    }
    for (const [i, list] of lists.entries()) {
      expect(difference(rows[i] as Float32Array, await logitsAfter(list, [list.length]))).toBeLessThan(0.01)
    }
  })

  it('gives the rows of the last tokens in order', async () => {
    const sequence = await open()
    const rows = [newRow(), newRow(), newRow()]
    await runtime.evaluate([{ sequence, tokens, rows }], { signal })
    sequence.dispose()
    for (const [i, row] of rows.entries()) {
      const until = tokens.length - 2 + i
      expect(difference(row, await logitsAfter(tokens.slice(0, until), [until]))).toBeLessThan(0.001)
    }
  })

  it('forgets what is cut off, and a fork goes its own way', async () => {
    const sequence = await open(1)
    const row = newRow()
    await runtime.evaluate([{ sequence, tokens: [...tokens, 99, 98], rows: [] }], { signal })
    sequence.truncate(tokens.length - 2)
    const fork = sequence.fork()
    await runtime.evaluate([{ sequence: fork, tokens: [77, 76], rows: [] }], { signal })
    await runtime.evaluate([{ sequence, tokens: tokens.slice(-2), rows: [row] }], { signal })
    expect(fork.length).toBe(tokens.length)
    fork.dispose()
    sequence.dispose()
    expect(difference(row, await logitsAfter(tokens, [tokens.length]))).toBeLessThan(0.01)
  })

  it('reads prompts longer than a batch, tells progress, and is cut back when it is stopped', async () => {
    const long = Array.from({ length: 250 }, (_, i) => tokens[i % tokens.length] as number)
    const sequence = await open(0, 256)
    const controller = new AbortController()
    controller.abort(new Error('stop'))
    await expect(runtime.evaluate([{ sequence, tokens: long, rows: [] }], { signal: controller.signal })).rejects.toThrow('stop')
    expect(sequence.length).toBe(0)
    const rows = Array.from({ length: 200 }, newRow) // more rows than one batch gives
    const seen: number[] = []
    await runtime.evaluate([{ sequence, tokens: long, rows }], { signal, onProgress: (done) => seen.push(done) })
    expect(seen.at(-1)).toBe(250)
    expect(sequence.length).toBe(250)
    sequence.truncate(0)
    sequence.dispose()
    expect(rows.every((row) => row.some((x) => x !== 0))).toBe(true)
  })

  it('constrains tokens to a grammar, in copies that go their own ways', async () => {
    const { vocabulary } = lease.model(ref.id).native
    const grammar = await grammarOfSchema(service.store.libraries.llama, { enum: ['oslo', 'rome'] })
    const constraint = GrammarConstraint.fromGrammar(service.store.binding, vocabulary, grammar)
    const write = (target: GrammarConstraint, wanted: string): void => {
      for (const token of vocabulary.tokenize(wanted)) {
        expect(target.allows(token)).toBe(true)
        target.accept(token)
      }
    }
    const row = newRow().fill(0)
    constraint.mask(row)
    const allowed = [...row.keys()].filter((token) => row[token] !== -Infinity)
    expect(allowed.length).toBeGreaterThan(0)
    for (const token of allowed) expect('"oslo" "rome"').toContain(Buffer.from(vocabulary.pieceBytes(token)).toString())
    const copy = constraint.clone() as GrammarConstraint
    write(constraint, '"oslo"')
    write(copy, '"rome"')
    const [end] = vocabulary.endTokens as [number]
    expect(constraint.allows(end)).toBe(true)
    const [other] = vocabulary.tokenize(' x') as [number]
    expect(constraint.allows(other)).toBe(false)
    expect(() => constraint.accept(other)).toThrow(/forbidden/)
    copy.dispose()
    constraint.dispose()
  })
})

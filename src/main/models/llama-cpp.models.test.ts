import { hash } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DistributionExpression, Prompt } from '../../shared/expression'
import type { ModelEvent, TokenDelta } from './model'
import type { OwnedModelPool } from './pool'
import { createToyPool, quietCall, temporaryFolder, toyProgram, toyRef } from './testing'

const capital = 'q: what is the capital of france? a:'

let pool: OwnedModelPool
beforeAll(async () => {
  pool = await createToyPool()
})
afterAll(() => pool.close())

describe('decoding through the model host', () => {
  it('answers what the toy knows, and says where the time went', async () => {
    const events: ModelEvent[] = []
    const decoded = await pool.decode(toyProgram('toy-facts', capital), { ...quietCall(), onEvent: (event) => events.push(event) })
    expect(decoded.text).toBe(' paris')
    expect(decoded.finish).toBe('end')
    expect(decoded.usage).toMatchObject({ promptTokens: 14, reusedTokens: 0, tokens: 1 })
    expect(decoded.usage.loadMs).toBeGreaterThan(0)
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['load-start', 'load-end', 'usage']))
  })

  it('tells of the prompt as the model reads it, after its template, by hash', async () => {
    const told = async (prompt: Prompt): Promise<ModelEvent[]> => {
      const events: ModelEvent[] = []
      const program = { ...toyProgram('toy-polite', ''), expression: { op: 'lm', model: toyRef('toy-polite'), prompt } } as const
      await pool.decode(program, { ...quietCall(), onEvent: (event) => events.push(event) })
      return events.filter(({ type }) => type === 'prompt')
    }
    const about = (text: string) => ({
      type: 'prompt',
      model: 'toy-polite',
      id: 'toy:toy-polite',
      sha256: hash('sha256', text, 'hex'),
      characters: text.length,
    })
    expect(await told({ kind: 'text', text: 'hello' })).toEqual([about('hello')])
    const messages = [{ role: 'user', content: 'hello' }] as const
    const rendered = await (await pool.open(toyRef('toy-polite'))).renderChat(messages, quietCall())
    expect(rendered).not.toBe('hello')
    expect(await told({ kind: 'chat', messages })).toEqual([about(rendered)])
  })

  it('reads only what is new of a prompt that begins like an earlier one', async () => {
    const first = await pool.decode(toyProgram('toy-facts', capital), quietCall())
    const again = await pool.decode(toyProgram('toy-facts', capital), quietCall())
    expect(again.logprob).toBe(first.logprob) // to the last bit: reuse changes no result
    expect(again.usage.reusedTokens).toBe(again.usage.promptTokens - 2)
    const other = await pool.decode(toyProgram('toy-facts', 'q: what is the capital of spain? a:'), quietCall())
    expect(other.usage.reusedTokens).toBeGreaterThan(5)
    expect(other.text).toBe(' madrid')
  })

  it('streams deltas that join to the text', async () => {
    const deltas: TokenDelta[] = []
    const program = toyProgram('toy-base', 'story:', { maxTokens: 60 })
    const decoded = await pool.decode(program, { ...quietCall(), onToken: (delta) => deltas.push(delta) })
    expect(deltas.map(({ text }) => text).join('')).toBe(decoded.text)
    expect(deltas.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(decoded.tokens)
  })

  it('gives equal text to calls that run side by side and one after the other', async () => {
    const cities = ['france', 'spain', 'italy', 'japan']
    const programs = cities.map((place) => toyProgram('toy-facts', `q: what is the capital of ${place}? a:`))
    const together = await Promise.all(programs.map((program) => pool.decode(program, quietCall())))
    const alone: string[] = []
    for (const program of programs) alone.push((await pool.decode(program, quietCall())).text)
    expect(together.map(({ text }) => text)).toEqual(alone)
  })

  it('keeps greedy text the same when a smaller model drafts', async () => {
    const prompt = 'q: repeat: blue cat sat red dog a:'
    const plain = await pool.decode(toyProgram('toy-base', prompt), quietCall())
    const drafter = { drafter: 'model', model: toyRef('toy-draft'), params: {} }
    const drafted = await pool.decode(toyProgram('toy-base', prompt, { drafter }), quietCall())
    expect(drafted.text).toBe(plain.text)
    expect(drafted.usage.accepted).toBeGreaterThan(0)
    expect(drafted.usage.passes).toBeLessThan(plain.usage.passes)
  })

  it('keeps to a JSON schema', async () => {
    const jsonSchema = { type: 'object', properties: { city: { type: 'string', maxLength: 8 }, known: { type: 'boolean' } } }
    const decoded = await pool.decode(toyProgram('toy-facts', capital, { jsonSchema, maxTokens: 120 }), quietCall())
    expect(JSON.parse(decoded.text)).toEqual({ city: expect.any(String), known: expect.any(Boolean) })
  })

  it('refuses a schema keyword that it could not enforce', async () => {
    const jsonSchema = { type: 'string', pattern: '^a+$' }
    await expect(pool.decode(toyProgram('toy-facts', capital, { jsonSchema }), quietCall())).rejects.toMatchObject({ code: 'input-type' })
  })
})

describe('questions about texts', () => {
  it('describes a model', async () => {
    const model = await pool.open(toyRef('toy-facts'))
    expect(await model.describe(quietCall())).toEqual({
      architecture: 'llama',
      vocabularySize: 768,
      contextTokens: 256,
      embeddingDimensions: 128,
      hasChatTemplate: true,
      canEmbed: false,
      labels: [],
      canDistribution: true,
      device: 'cpu',
    })
  })

  it('renders a chat with the template of the model, and the chat prompt decodes like that string', async () => {
    const messages = [{ role: 'user', content: 'what is the capital of france?' }] as const
    const model = await pool.open(toyRef('toy-facts'))
    expect(await model.renderChat(messages, quietCall())).toBe(capital)
    const expression = { op: 'lm', model: toyRef('toy-facts'), prompt: { kind: 'chat', messages } } as const
    expect((await pool.decode(toyProgram('toy-facts', '', { expression }), quietCall())).text).toBe(' paris')
  })

  it('gives surprisal token by token; the texts join again and the sum is that of the scores', async () => {
    const model = await pool.open(toyRef('toy-facts'))
    const text = 'q: what is the capital of france? a: paris'
    const tokens = await model.surprisal(text, quietCall())
    expect(tokens.map((token) => token.text).join('')).toBe(text)
    expect(tokens.length).toBe((await model.tokenize(text, quietCall())).length)
    const [first] = tokens as [(typeof tokens)[number]]
    expect(first.nats).toBeGreaterThan(0) // the toy adds a begin token
    const [score] = await model.scoreContinuations({ prompt: { kind: 'text', text: 'q:' }, continuations: [text.slice(2)] }, quietCall())
    const after = tokens.slice((await model.tokenize('q:', quietCall())).length).reduce((sum, { nats }) => sum - nats, 0)
    expect(score?.logprob).toBeCloseTo(after, 2)
  })

  it('scores continuations like decoding does, many at once, the end token too', async () => {
    const model = await pool.open(toyRef('toy-facts'))
    const prompt = { kind: 'text', text: capital } as const
    const decoded = await pool.decode(toyProgram('toy-facts', capital), quietCall())
    const continuations = [' paris', ...Array.from({ length: 39 }, (_, i) => ` ${['rome', 'the blue cat', 'x'][i % 3]}`)]
    const plain = await model.scoreContinuations({ prompt, continuations }, quietCall())
    expect(plain).toHaveLength(40)
    expect(Math.max(...plain.map(({ logprob }) => logprob))).toBe(plain[0]?.logprob)
    expect(plain[4]).toEqual(plain[1])
    const [withEnd] = await model.scoreContinuations({ prompt, continuations: [' paris'], end: true }, quietCall())
    expect(withEnd?.tokens).toBe(2)
    expect(plain[0]?.logprob).toBeCloseTo(decoded.logprob, 2)
    expect(withEnd?.logprob).toBeLessThan(plain[0]?.logprob as number)
  })

  it('tells of each scored token how sure the model was, as decoding does', async () => {
    const model = await pool.open(toyRef('toy-facts'))
    const decoded = await pool.decode({ ...toyProgram('toy-facts', capital), trace: { topK: 1 } }, quietCall())
    const request = { prompt: { kind: 'text', text: capital }, continuations: [' paris'], end: true, steps: true } as const
    const [score] = await model.scoreContinuations(request, quietCall())
    expect(score?.steps).toHaveLength(2)
    expect(score?.steps?.[0]).not.toHaveProperty('top')
    const [told] = await model.scoreContinuations({ ...request, top: 3 }, quietCall())
    expect(told?.steps?.map(({ text, top = [] }) => [text, top.length])).toEqual([
      [' paris', 3],
      ['', 3],
    ])
    expect(told?.steps?.[0]?.top?.find(([text]) => text === ' paris')?.[1]).toBeCloseTo(Math.exp(-(told?.steps?.[0]?.nats as number)), 6)
    expect(await model.nearestTokens?.([' paris', ' pariz', ''], quietCall())).toEqual([' paris', ' paris', ''])
    expect(score?.steps?.reduce((sum, { nats }) => sum - nats, 0)).toBeCloseTo(score?.logprob as number, 9)
    expect(score?.steps?.[0]?.entropy).toBeCloseTo(decoded.trace?.steps[0]?.entropy as number, 2)
  })

  it('tells where time and tokens went', async () => {
    const events: ModelEvent[] = []
    const model = await pool.open(toyRef('toy-math'))
    const prompt = { kind: 'text', text: 'q: what is 2 plus 3? a:' } as const
    await model.scoreContinuations({ prompt, continuations: [' 5', ' 6'] }, { ...quietCall(), onEvent: (event) => events.push(event) })
    const usage = events.find((event) => event.type === 'usage')?.usage
    expect(usage).toMatchObject({ reusedTokens: 0, tokens: 0, passes: 1 })
    expect(usage?.promptTokens).toBeGreaterThan(8)
    expect(usage?.loadMs).toBeGreaterThan(0)
  })

  it('answers nothing to nothing', async () => {
    const model = await pool.open(toyRef('toy-facts'))
    expect(await model.tokenize('', quietCall())).toEqual([])
    expect(await model.surprisal('', quietCall())).toEqual([])
    expect(await model.scoreContinuations({ prompt: { kind: 'text', text: capital }, continuations: [] }, quietCall())).toEqual([])
    const [empty] = await model.scoreContinuations({ prompt: { kind: 'text', text: capital }, continuations: [''] }, quietCall())
    expect(empty).toEqual({ logprob: 0, tokens: 0 })
  })

  it('keeps characters whole that lie in several tokens', async () => {
    const model = await pool.open(toyRef('toy-facts'))
    const text = 'é 日本 🙂 a'
    expect((await model.surprisal(text, quietCall())).map((token) => token.text).join('')).toBe(text)
  })

  it('says that a language model makes no embeddings', async () => {
    const model = await pool.open(toyRef('toy-facts'))
    await expect(model.embed(['x'], quietCall())).rejects.toMatchObject({ code: 'model-unsupported' })
  })

  it('shows what passes through a tensor', async () => {
    const request = { prompts: [{ kind: 'text', text: capital }], tensors: ['attn_norm-*', 'ffn_out-3'] } as const
    const summaries = await pool.local.activations(toyRef('toy-facts'), request, quietCall())
    expect(summaries.map(({ tensor }) => tensor).sort()).toEqual(['attn_norm-0', 'attn_norm-1', 'attn_norm-2', 'attn_norm-3', 'ffn_out-3'])
    for (const { channels, rows, sum, sumOfSquares } of summaries) {
      expect([channels, sum.length, sumOfSquares.length]).toEqual([128, 128, 128])
      expect(rows).toBeGreaterThan(0)
      expect(sumOfSquares.every((value) => value > 0)).toBe(true)
    }
    expect(summaries.find(({ tensor }) => tensor === 'attn_norm-0')?.rows).toBe(14)
  })
})

describe('bad input', () => {
  const folder = temporaryFolder('bad-models')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const program = (path: string) =>
    toyProgram('', 'x', { expression: { op: 'lm', model: { ...toyRef('bad'), id: path }, prompt: { kind: 'text', text: 'x' } } })

  it('says how long a prompt is and how much the model holds', async () => {
    const text = 'the red key is in oslo. '.repeat(60)
    await expect(pool.decode(toyProgram('toy-facts', text), quietCall())).rejects.toMatchObject({
      code: 'context-overflow',
      message: expect.stringMatching(/\d{3,} tokens.* 256/),
    })
    const model = await pool.open(toyRef('toy-facts'))
    await expect(model.surprisal(text, quietCall())).rejects.toMatchObject({ code: 'context-overflow', details: { context: 256 } })
  })

  it('refuses a file that is no GGUF before llama.cpp sees it', async () => {
    const path = join(folder, 'text.gguf')
    writeFileSync(path, 'this is no model')
    await expect(pool.decode(program(path), quietCall())).rejects.toMatchObject({
      code: expect.stringMatching(/file-format|model-corrupt/),
    })
  })

  it('refuses a truncated file and one whose header lies', async () => {
    const cut = join(folder, 'cut.gguf')
    copyFileSync('resources/toys/toy-facts.gguf', cut)
    truncateSync(cut, 900_000)
    await expect(pool.decode(program(cut), quietCall())).rejects.toMatchObject({ code: 'model-corrupt' })
    const lying = join(folder, 'lying.gguf')
    const bytes = readFileSync('resources/toys/toy-facts.gguf')
    bytes.writeBigUInt64LE(2n ** 40n, 8) // the number of tensors
    writeFileSync(lying, bytes)
    await expect(pool.decode(program(lying), quietCall())).rejects.toMatchObject({ code: 'model-corrupt' })
  })
})

describe('stopping', () => {
  it('stops within a token, with the reason of the signal, and goes on with the next call', async () => {
    const controller = new AbortController()
    let stoppedAt = 0
    const call = {
      signal: controller.signal,
      onToken: (): void => {
        if (stoppedAt > 0) return
        stoppedAt = performance.now()
        controller.abort(new Error('enough'))
      },
    }
    // a dozen prompts for each token: long enough that no machine is at the end before it hears of the stop
    const leaf = (i: number): DistributionExpression => ({
      op: 'lm',
      model: toyRef('toy-base'),
      prompt: { kind: 'text', text: `story: ${i}` },
    })
    const program = toyProgram('toy-base', '', {
      expression: { op: 'linear-mix', inputs: { models: Array.from({ length: 12 }, (_, i) => leaf(i)) }, params: {} },
      maxTokens: 240,
      sampler: { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 },
    })
    await expect(pool.decode(program, call)).rejects.toThrow('enough')
    expect(performance.now() - stoppedAt).toBeLessThan(1000)
    expect((await pool.decode(toyProgram('toy-facts', capital), quietCall())).text).toBe(' paris')
  })

  it('does not begin when it is stopped already', async () => {
    const signal = AbortSignal.abort(new Error('never'))
    await expect(pool.decode(toyProgram('toy-facts', capital), { signal })).rejects.toThrow('never')
  })
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { plainCodec } from '../convert/codec'
import { inlinePool } from '../engine/pools'
import { readGgufHeader } from '../gguf/read-header'
import { openSafetensors } from '../safetensors/open'
import { familyCases, writeFamilyCheckpoint } from '../testing/family-checkpoint'
import { tensorOf } from '../testing/toys'
import { type WriteRequest, writeModel } from '../write-model'
import oracles from './oracles.json'

/** Every family there and back: checkpoint → GGUF → checkpoint (from the GGUF alone) → GGUF. */
const folder = mkdtempSync(join(tmpdir(), 'families-'))
afterAll(() => rmSync(folder, { recursive: true }))

const write = async (from: string, to: string, more: Partial<WriteRequest> = {}): Promise<string> =>
  (
    await writeModel(
      join(folder, to),
      { expression: { op: 'load', model: { backend: 'llama-cpp', id: 'x', name: 'x' } }, name: 'm', dtype: 'keep', recipe: {}, ...more },
      { resolve: async () => ({ path: from }), codec: plainCodec, pool: (plan) => inlinePool(plan, plainCodec) },
    )
  ).path

/** Python with transformers, where somebody has it */
const python = process.env.TRIBUTARY_TEST_PYTHON
const logProbabilities = `
import json, sys, torch, transformers
model = transformers.AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype="float32", attn_implementation="eager").eval()
with torch.no_grad():
    rows = torch.log_softmax(model(torch.tensor([json.loads(sys.argv[2])])).logits[0], -1)
print(json.dumps({at: rows[int(at), ::7].tolist() for at in ("3", "23")}))
`

describe.each(familyCases)('%s', (kind, one) => {
  it('comes back from safetensors bit for bit: tensors, numbers, vocabulary', async () => {
    const original = writeFamilyCheckpoint(folder, one)
    const gguf = await write(original, `${kind}.gguf`)
    const written = await write(gguf, `${kind}-out`, { format: 'safetensors' })
    const back = await write(written, `${kind}-back.gguf`)
    const [before, after] = [await readGgufHeader(gguf), await readGgufHeader(back)]
    expect(after.tensors.map(({ name, shape, type }) => [name, shape, type])).toEqual(
      before.tensors.map(({ name, shape, type }) => [name, shape, type]),
    )
    for (const { name } of before.tensors) expect([name, await tensorOf(back, name)]).toEqual([name, await tensorOf(gguf, name)])
    const own = ({ metadata }: typeof before) => [...metadata].filter(([key]) => !/^(tributary\.|general\.)/.test(key))
    expect(own(after)).toEqual(own(before))
    // and the checkpoint itself, by its own names
    const named = (path: string) => new Map(openSafetensors(path).tensors.map((tensor) => [tensor.name, tensor]))
    const [first, second] = [named(original), named(written)]
    expect([...second.keys()].sort()).toEqual([...first.keys()].sort())
    for (const [name, { path, offset, byteLength, shape }] of first) {
      const other = second.get(name)
      const bytes = (from: string, at: number) => readFileSync(from).subarray(at, at + byteLength)
      expect([name, other?.shape]).toEqual([name, shape])
      // one more and one less costs a Gemma's norms what lies below the last bit of one
      if (!(kind.startsWith('gemma') && name.endsWith('norm.weight')))
        expect([name, bytes(written, other?.offset ?? 0).equals(bytes(path, offset))]).toEqual([name, true])
    }
  })

  it('in shards has the same tensors', async () => {
    const whole = join(folder, `${kind}-out`, 'model.safetensors')
    const index = await write(join(folder, `${kind}.gguf`), `${kind}-shards`, { format: 'safetensors', shardBytes: 200_000 })
    expect(readdirSync(dirname(index)).filter((name) => name.endsWith('.safetensors')).length).toBeGreaterThan(1)
    const bytesOf = (path: string) =>
      openSafetensors(path)
        .tensors.map(({ name, path: at, offset, byteLength }) => [name, readFileSync(at).subarray(offset, offset + byteLength)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1))
    expect(bytesOf(index)).toEqual(bytesOf(whole))
  })

  it.skipIf(python === undefined)(
    'is read by transformers, which computes what it computed with the original',
    () => {
      const found = execFileSync(python ?? '', ['-c', logProbabilities, join(folder, `${kind}-out`), JSON.stringify(oracles.tokens)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const rows = JSON.parse(found) as Record<string, number[]>
      for (const [at, wanted] of Object.entries(one.logprobs))
        expect(Math.max(...wanted.map((value, index) => Math.abs(value - (rows[at]?.[index] ?? 99))))).toBeLessThan(1e-4)
    },
    120_000,
  )
})

describe('config.json of the checkpoint that leads', () => {
  it('keeps what it says, whole numbers with a point among it; a list for another number of layers goes', async () => {
    const original = join(folder, 'gemma2', 'model.safetensors')
    const path = join(folder, 'gemma2', 'config.json')
    const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    const text = JSON.stringify({ ...config, layer_types: ['full_attention'], unheard_of: 7 }, null, 1)
    writeFileSync(path, text.replace('"final_logit_softcapping": 30', '"final_logit_softcapping": 30.0'))
    const written = await write(original, 'gemma2-again', { format: 'safetensors' })
    const found = readFileSync(join(dirname(written), 'config.json'), 'utf8')
    expect(found).toMatch(/"final_logit_softcapping": 30\.0,/)
    expect(found).toMatch(/"unheard_of": 7,/)
    expect(found).not.toMatch(/layer_types/)
  })
})

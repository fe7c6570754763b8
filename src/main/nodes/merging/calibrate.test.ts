import { expect, it } from 'vitest'
import type { RunContext } from '../../node-runtime'
import { runNode, testContext, testModel } from '../testing'
import calibrate, { gramBytesOf } from './calibrate'

const matrix = (name: string, width: number) => ({ name: `${name}.weight`, shape: [width, 8] })
const layer = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up'].map((part) => matrix(`blk.0.${part}`, 10))

it('counts a Gram matrix for each input, not for each matrix, and none of what is too wide', () => {
  expect(gramBytesOf([...layer, matrix('blk.0.ffn_down', 40), matrix('token_embd', 10)], 20)).toBe(3 * 4 * 100)
  expect(gramBytesOf([...layer, matrix('blk.0.ffn_down', 40)], 40)).toBe(3 * 4 * 100 + 4 * 1600)
  expect(gramBytesOf(layer, 0)).toBe(0)
})

it('asks for room on the disk before a text is read, for the sums and for the table', async () => {
  const tensors = Array.from({ length: 40 }, (_, block) => matrix(`blk.${block}.attn_output`, 4096))
  const context = testContext()
  const weights = { ...context.weights, outline: async () => ({ tensors }) } as unknown as RunContext['weights']
  const asked: number[] = []
  const fill = async (bytes: number): Promise<string> => {
    asked.push(bytes)
    throw new Error('full')
  }
  const data = { name: 'd', columns: ['prompt'], rows: [{ prompt: 'a' }] }
  const blobs = { ...context.blobs, fill }
  const run = runNode(calibrate, { inputs: { data }, params: { model: testModel, gramWidth: 4096 }, context: { weights, blobs } })
  await expect(run).rejects.toThrow('full')
  expect(asked).toEqual([2 * 40 * 4 * 4096 ** 2])
})

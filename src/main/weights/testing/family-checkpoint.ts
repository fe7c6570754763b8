import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import oracles from '../checkpoint/oracles.json'
import { encodeSafetensors } from '../safetensors/write'
import { sentencePieceBytes } from './sentencepiece'

export type FamilyCase = (typeof oracles.cases)[number]
export const kindOf = ({ config }: FamilyCase): string => config.model_type
export const familyCases = oracles.cases.map((one) => [kindOf(one), one] as const)

function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 31 - 1
  }
}

/** A tiny checkpoint of random weights, as tools/checkpoint-oracles.py makes it, below `folder`; gives the path of its weights. */
export function writeFamilyCheckpoint(folder: string, one: FamilyCase): string {
  const home = join(folder, kindOf(one))
  mkdirSync(home)
  const shapes = Object.entries(one.shapes)
  const { bytes, tensors, fileSize } = encodeSafetensors(
    shapes.map(([name, shape]) => ({ name, shape, type: 'F32' as const })),
    { format: 'pt' },
  )
  const file = new Uint8Array(fileSize)
  file.set(bytes)
  // the oracle counts all names in order; a tied head comes first and was skipped
  const skipped = 'lm_head.weight' in one.shapes ? 0 : 1
  for (const [index, [name, shape]] of shapes.entries()) {
    const source = numbers(index + 1 + skipped)
    const scale = /norm|bias/.test(name) ? 0.3 : 0.15
    const middle = name.includes('norm') && !kindOf(one).startsWith('gemma') ? 1 : 0
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => middle + (source.next().value as number) * scale)
    file.set(new Uint8Array(values.buffer), tensors.get(name)?.offset ?? 0)
  }
  writeFileSync(join(home, 'model.safetensors'), file)
  writeFileSync(join(home, 'config.json'), JSON.stringify(one.config))
  writeFileSync(join(home, 'tokenizer.model'), sentencePieceBytes(768))
  return join(home, 'model.safetensors')
}

import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { trustProcessorBinary } from './trusted-binary'

it('takes the binary for the processor as it is, and tries one for a graphics device', async () => {
  trustProcessorBinary()
  const { testBindingBinary } = (await import(
    /* @vite-ignore */ pathToFileURL('node_modules/node-llama-cpp/dist/bindings/utils/testBindingBinary.js').href
  )) as { testBindingBinary(path: string, backends: undefined, gpu: string | false): Promise<boolean> }
  expect(await testBindingBinary('/no/such/binary.node', undefined, false)).toBe(true)
  expect(await testBindingBinary('/no/such/binary.node', undefined, 'vulkan')).toBe(false)
})

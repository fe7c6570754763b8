import { beforeAll, describe, expect, it } from 'vitest'
import { type Binding, bindLibraries } from './binding'
import { checkLayout, packageVersion, pinned } from './layout'
import { findLibrary, loadLibraries } from './libraries'

describe('the start-up check of libllama', () => {
  let binding: Binding
  let release: string

  beforeAll(async () => {
    const libraries = await loadLibraries('cpu')
    release = libraries.release
    binding = bindLibraries(libraries)
  })

  it('passes with the libraries that node-llama-cpp carries at the pinned version', async () => {
    expect(() => checkLayout(binding, release)).not.toThrow()
    expect(await packageVersion()).toBe(pinned.package)
  })

  it('refuses another release and names both', () => {
    expect(() => checkLayout(binding, 'v0.6.0')).toThrow(/v0\.5\.0.*v0\.6\.0/s)
  })

  it('refuses a library whose default parameters read differently', () => {
    const shifted = { ...binding, llama_context_default_params: () => ({ ...binding.llama_context_default_params(), n_batch: 7 }) }
    expect(() => checkLayout(shifted, release)).toThrow(/n_batch is 7 instead of 2048/)
  })
})

describe('finding a library among the loaded objects', () => {
  it('takes libllama and not its relatives, on every system', () => {
    const linux = ['/a/llama-addon.node', '/a/libllama-common.so', '/a/libllama.v0.5.0.so', '/a/libggml-base.so']
    expect(findLibrary(linux, 'llama')).toBe('/a/libllama.v0.5.0.so')
    expect(findLibrary(linux, 'ggml-base')).toBe('/a/libggml-base.so')
    expect(findLibrary(['/a/libllama-common.dylib', '/a/libllama.dylib'], 'llama')).toBe('/a/libllama.dylib')
    expect(findLibrary(['C:\\x\\llama-common.dll', 'C:\\x\\llama.v0.5.0.dll'], 'llama')).toBe('C:\\x\\llama.v0.5.0.dll')
  })

  it('says what is missing', () => {
    expect(() => findLibrary(['/lib/libc.so.6'], 'llama')).toThrow(/no library named "llama"/)
  })
})

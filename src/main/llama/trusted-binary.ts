import { registerHooks } from 'node:module'

const tester = /\/node-llama-cpp\/dist\/bindings\/utils\/testBindingBinary\.js$/

/**
 * Spares the model host a process at every start (0.4 s): on Linux, node-llama-cpp loads a binary in a process of its own first, to see whether that process
 * survives it. The model host is such a process already: its end fails the calls that wait for it, and nothing else. So the binary for the processor is
 * loaded untried; one for a graphics device still is tried, for there the next choice is made when it fails. To be called before node-llama-cpp is imported.
 */
export function trustProcessorBinary(): void {
  registerHooks({
    load(url, context, next) {
      if (!tester.test(url)) return next(url, context)
      const source = `import { testBindingBinary as tried } from ${JSON.stringify(`${url}?tried`)}
export const testBindingBinary = async (path, backends, gpu, ...more) => gpu === false || tried(path, backends, gpu, ...more)`
      return { format: 'module', shortCircuit: true, source }
    },
  })
}

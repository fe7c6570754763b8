import { describe, expect, it } from 'vitest'
import type { Binding, ThreadPoolParams } from './binding'
import { ComputeThreads } from './compute-threads'

/** A binding that writes down what it is asked. */
function recorder() {
  const said: string[] = []
  const pools: ThreadPoolParams[] = []
  const binding = {
    threadPoolParams: (threads: number) => ({
      cpumask: [false, false, false, false],
      n_threads: threads,
      prio: 0,
      poll: 50,
      strict_cpu: false,
      paused: false,
    }),
    newThreadPool: (params: ThreadPoolParams) => BigInt(pools.push(params)),
    freeThreadPool: (pool: bigint) => said.push(`free ${pool}`),
    llama_set_n_threads: (context: bigint, threads: number) => said.push(`${context} has ${threads}`),
    llama_attach_threadpool: (context: bigint, pool: bigint) => said.push(`${context} uses ${pool}`),
    llama_detach_threadpool: (context: bigint) => said.push(`${context} uses none`),
    placeThread: (processors: readonly number[]) => said.push(`on ${processors}`),
  } as unknown as Binding
  return { binding, said, pools }
}

describe('threads that compute', () => {
  it('are made once, when a computation first wants several, for all contexts', () => {
    const { binding, said, pools } = recorder()
    const threads = new ComputeThreads(binding, 2, [0, 1, 2, 3])
    threads.assign(7n, 1)
    expect(pools).toHaveLength(0)
    threads.assign(7n, 2)
    threads.assign(8n, 2)
    expect(pools).toHaveLength(1)
    threads.free()
    threads.free()
    expect(said).toEqual(['7 has 1', '7 uses none', '7 has 2', '7 uses 1', '8 has 2', '8 uses 1', 'free 1'])
  })

  it('keep to a processor each where there is one for each, and one alone may run anywhere', () => {
    const { binding, said, pools } = recorder()
    const threads = new ComputeThreads(binding, 2, [1, 3])
    for (const count of [2, 2, 1, 1, 2]) threads.assign(7n, count)
    expect(pools).toMatchObject([{ cpumask: [false, true, false, true], strict_cpu: true }])
    expect(said.filter((what) => what.startsWith('on'))).toEqual(['on 3', 'on 1,3', 'on 3'])
  })

  it('are placed by the system where there are more processors than threads', () => {
    const { binding, said, pools } = recorder()
    new ComputeThreads(binding, 2, [0, 1, 2]).assign(7n, 2)
    expect(pools).toMatchObject([{ cpumask: [false, false, false, false], strict_cpu: false }])
    expect(said.some((what) => what.startsWith('on'))).toBe(false)
  })
})

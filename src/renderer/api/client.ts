import type { ClientMessage, MethodName, ParamsOf, Pushes, PushTopic, ResultOf, ServerMessage, Transport } from '../../shared/api'
import { TributaryError } from '../../shared/errors'

/** The house as this window sees it: typed calls, and pushes that it listens to. */
export interface Client {
  call<N extends MethodName>(
    method: N,
    ...params: Record<string, never> extends ParamsOf<N> ? [ParamsOf<N>?] : [ParamsOf<N>]
  ): Promise<ResultOf<N>>
  /** returns a function that ends the listening */
  on<T extends PushTopic>(topic: T, listener: (payload: Pushes[T]) => void): () => void
  /** told when the line to the house breaks (true) and when it stands again (false) */
  onLost(listener: (lost: boolean) => void): () => void
}

export type HouseTransport = Transport<ClientMessage, ServerMessage> & { onState?(listener: (open: boolean) => void): () => void }

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** Calls are answered by id, in any order. When the line breaks, every open call fails with `backend-unreachable`: its outcome is unknown. */
export function createClient(transport: HouseTransport): Client {
  const pending = new Map<number, Pending>()
  const listeners = new Map<string, Set<(payload: unknown) => void>>()
  const lostListeners = new Set<(lost: boolean) => void>()
  let nextId = 1

  transport.onMessage((message) => {
    if ('push' in message) {
      for (const listener of listeners.get(message.push) ?? []) listener(message.payload)
      return
    }
    const waiting = pending.get(message.id)
    if (!waiting) return
    pending.delete(message.id)
    if (message.ok) waiting.resolve(message.result)
    else waiting.reject(TributaryError.fromReport(message.error))
  })
  transport.onState?.((open) => {
    if (!open) {
      for (const waiting of pending.values()) waiting.reject(lineLost())
      pending.clear()
    }
    for (const listener of lostListeners) listener(!open)
  })

  return {
    call: (method, ...params) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        pending.set(id, { resolve: resolve as (value: unknown) => void, reject })
        try {
          transport.send({ id, method, params: params[0] ?? {} })
        } catch {
          pending.delete(id)
          reject(lineLost())
        }
      }),
    on(topic, listener) {
      const set = listeners.get(topic) ?? new Set()
      listeners.set(topic, set)
      set.add(listener as (payload: unknown) => void)
      return () => set.delete(listener as (payload: unknown) => void)
    },
    onLost(listener) {
      lostListeners.add(listener)
      return () => lostListeners.delete(listener)
    },
  }
}

const lineLost = () =>
  new TributaryError('backend-unreachable', 'The connection to Tributary was lost.', {
    hint: 'Is `tributary serve` still running? This page connects again by itself.',
  })

import {
  type CallContext,
  type ClientMessage,
  type Handlers,
  type MethodName,
  methods,
  type ParamsOf,
  type Pushes,
  type PushTopic,
  type ResultOf,
  type ServerMessage,
  type Transport,
} from './api'
import { TributaryError, toErrorReport } from './errors'

/** Answers calls that arrive over a transport: params parsed by their schema, failures returned as reports. Returns how to push to this client. */
export function serveApi(
  transport: Transport<ServerMessage, ClientMessage>,
  handlers: Handlers,
  client: string,
): CallContext & { close(): void } {
  const context: CallContext = {
    client,
    push: (topic, payload) => transport.send({ push: topic, payload }),
  }
  const stop = transport.onMessage((message) => {
    answer(message, handlers, context).then((reply) => transport.send(reply))
  })
  return { ...context, close: stop }
}

async function answer(message: ClientMessage, handlers: Handlers, context: CallContext): Promise<ServerMessage> {
  const { id } = message
  try {
    if (!Object.hasOwn(methods, message.method)) throw new TributaryError('usage', `There is no method “${message.method}”.`)
    const name = message.method as MethodName
    const parsed = methods[name].params.safeParse(message.params ?? {})
    if (!parsed.success) {
      const first = parsed.error.issues[0]
      throw new TributaryError('usage', `${name}: ${first?.path.join('.') || 'params'}: ${first?.message ?? 'not understood'}.`)
    }
    const handler = handlers[name] as (params: unknown, context: CallContext) => unknown
    return { id, ok: true, result: (await handler(parsed.data, context)) ?? null }
  } catch (thrown) {
    return { id, ok: false, error: toErrorReport(thrown) }
  }
}

export interface Client {
  call<N extends MethodName>(method: N, params: ParamsOf<N>): Promise<ResultOf<N>>
  on<T extends PushTopic>(topic: T, listener: (payload: Pushes[T]) => void): () => void
}

/** The caller's side. A failed call rejects with a TributaryError; calls that are open when the transport closes reject with `backend-unreachable`. */
export function createClient(transport: Transport<ClientMessage, ServerMessage>): Client {
  let nextId = 1
  const open = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  const listeners = new Map<PushTopic, Set<(payload: never) => void>>()

  transport.onMessage((message) => {
    if ('push' in message) {
      for (const listener of listeners.get(message.push) ?? []) listener(message.payload as never)
      return
    }
    const call = open.get(message.id)
    if (!call) return
    open.delete(message.id)
    if (message.ok) call.resolve(message.result)
    else call.reject(TributaryError.fromReport(message.error))
  })
  transport.onClose?.(() => {
    for (const call of open.values()) call.reject(new TributaryError('backend-unreachable', 'The connection to Tributary was lost.'))
    open.clear()
  })

  return {
    call: (method, params) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        open.set(id, { resolve: resolve as (result: unknown) => void, reject })
        transport.send({ id, method, params })
      }),
    on: (topic, listener) => {
      const set = listeners.get(topic) ?? new Set()
      listeners.set(topic, set)
      set.add(listener as (payload: never) => void)
      return () => set.delete(listener as (payload: never) => void)
    },
  }
}

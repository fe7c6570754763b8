import { describe, expect, it } from 'vitest'
import type { ClientMessage, Handlers, ServerMessage, Transport } from './api'
import { createClient, serveApi } from './rpc'

/** A pair of functions: what one side sends, the other hears. */
function pair(): [Transport<ClientMessage, ServerMessage>, Transport<ServerMessage, ClientMessage>] {
  const toServer = new Set<(message: ClientMessage) => void>()
  const toClient = new Set<(message: ServerMessage) => void>()
  const listen =
    <T>(set: Set<T>) =>
    (listener: T) => {
      set.add(listener)
      return () => void set.delete(listener)
    }
  const tell = <M>(set: Set<(message: M) => void>, message: M) => {
    for (const hear of set) hear(structuredClone(message))
  }
  return [
    { send: (message) => tell(toServer, message), onMessage: listen(toClient) },
    { send: (message) => tell(toClient, message), onMessage: listen(toServer) },
  ]
}

const handlers = {
  'graphs.delete': ({ id }: { id: string }) => {
    if (id === 'bad') throw new TypeError('broken')
    return null
  },
  'values.get': ({ sha }: { sha: string }, context: { push: (topic: 'graph.listChanged', payload: object) => void }) => {
    context.push('graph.listChanged', {})
    return { kind: 'text', list: false, data: sha }
  },
} as unknown as Handlers

describe('the API over a transport', () => {
  it('answers a call with the typed result', async () => {
    const [near, far] = pair()
    serveApi(far, handlers, 'test')
    const client = createClient(near)
    expect(await client.call('values.get', { sha: 'abc' })).toEqual({ kind: 'text', list: false, data: 'abc' })
  })

  it('refuses wrong params with a sentence that names method and field', async () => {
    const [near, far] = pair()
    serveApi(far, handlers, 'test')
    const wrong = createClient(near).call('values.get', { sha: 3 } as never)
    await expect(wrong).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('values.get: sha') })
  })

  it('refuses unknown methods, also those that every object has', async () => {
    const [near, far] = pair()
    serveApi(far, handlers, 'test')
    await expect(createClient(near).call('toString' as never, {} as never)).rejects.toMatchObject({ code: 'usage' })
  })

  it('turns a fault into a report and lives on', async () => {
    const [near, far] = pair()
    serveApi(far, handlers, 'test')
    const client = createClient(near)
    await expect(client.call('graphs.delete', { id: 'bad' })).rejects.toMatchObject({ code: 'internal', message: 'broken' })
    expect(await client.call('graphs.delete', { id: 'good' })).toBeNull()
  })

  it('pushes to the client that called', async () => {
    const [near, far] = pair()
    serveApi(far, handlers, 'test')
    const client = createClient(near)
    const heard: unknown[] = []
    client.on('graph.listChanged', (payload) => heard.push(payload))
    await client.call('values.get', { sha: 'x' })
    expect(heard).toEqual([{}])
  })
})

import { writeFileSync } from 'node:fs'
import type { DerivedStore } from '../../shared/derived-store'
import { toErrorReport } from '../../shared/errors'
import type { TokenAnswer } from '../../shared/run/token-break'
import type { FromHost, HostMethods, ToHost } from '../models/host-protocol'
import type { ModelEvent, TokenDelta, TokenHold } from '../models/model'
import { LlamaService, type ServiceParts } from './service'
import { TokenBatcher } from './token-batcher'

const heartbeatMs = 1000

/**
 * Serves the protocol to the process that started this one, until it says `close` or is gone. A cancelled call is answered with `cancelled`
 * whatever it was doing; an error becomes a report. What brings the process down fails all pending calls on the other side.
 */
export function serveHost(
  parts: Omit<ServiceParts, 'settings' | 'onMemory' | 'derived'> & { readonly derivedIn: (folder: string) => DerivedStore },
): void {
  dieFirst()
  const send = (message: FromHost): void => {
    if (process.connected) process.send?.(message)
  }
  const calls = new Map<number, AbortController>()
  const held = new Map<number, (answer: TokenAnswer) => void>()
  let service: Promise<LlamaService> | undefined

  process.on('disconnect', () => process.exit(0))
  process.on('message', (message: ToHost) => {
    if (message.type === 'configure') {
      const { settings } = message
      const derived = settings.derivedFolder === undefined ? undefined : parts.derivedIn(settings.derivedFolder)
      service = LlamaService.start({ ...parts, derived, settings, onMemory: (models) => send({ type: 'memory', models }) })
      service.catch(() => undefined) // each call reports it
    } else if (message.type === 'call') {
      const controller = new AbortController()
      calls.set(message.id, controller)
      const wait = (told: (answer: TokenAnswer) => void) => held.set(message.id, told)
      void answer(service, message, controller.signal, { send, wait }).finally(() => {
        calls.delete(message.id)
        held.delete(message.id)
      })
    } else if (message.type === 'cancel') calls.get(message.id)?.abort()
    else if (message.type === 'release') held.get(message.id)?.(message.answer)
    else void close(service)
  })
  setInterval(() => send({ type: 'beat' }), heartbeatMs).unref()
  send({ type: 'ready' })
}

async function answer(
  service: Promise<LlamaService> | undefined,
  { id, method, args }: Extract<ToHost, { type: 'call' }>,
  signal: AbortSignal,
  { send, wait }: { readonly send: (message: FromHost) => void; readonly wait: (told: (answer: TokenAnswer) => void) => void },
): Promise<void> {
  const tokens = new TokenBatcher((delta: TokenDelta) => send({ type: 'token', id, delta }))
  const onEvent = (event: ModelEvent): void => send({ type: 'event', id, event })
  /** What was written before it is told first; a cancelled call waits for nobody. */
  const asker: TokenHold['ask'] = (token, reason) =>
    new Promise((told, stopped) => {
      const onAbort = () => stopped(signal.reason)
      tokens.flush()
      wait((answer) => {
        signal.removeEventListener('abort', onAbort)
        told(answer)
      })
      signal.addEventListener('abort', onAbort, { once: true })
      send({ type: 'held', id, held: token, reason })
    })
  try {
    if (!service) throw new Error('the model host was called before it was configured')
    const call = { signal, onEvent, onToken: (delta: TokenDelta) => tokens.push(delta), ask: asker }
    const result = await (await service).call(method, args as HostMethods[typeof method]['args'], call)
    tokens.flush()
    send({ type: 'result', id, result })
  } catch (error) {
    tokens.flush()
    send(signal.aborted ? { type: 'cancelled', id } : { type: 'error', id, error: toErrorReport(error) })
  }
}

/** Frees models before the process ends: GPU drivers like that better. */
async function close(service: Promise<LlamaService> | undefined): Promise<void> {
  await service?.then((started) => started.close()).catch(() => undefined)
  process.exit(0)
}

/** When memory runs out, this process shall go and not the application. */
function dieFirst(): void {
  if (process.platform !== 'linux') return
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // a container may forbid it; then the system chooses
  }
}

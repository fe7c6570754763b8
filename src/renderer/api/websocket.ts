import type { ClientMessage, ServerMessage } from '../../shared/api'
import type { HouseTransport } from './client'

const firstDelayMs = 250
const longestDelayMs = 5000

/** A socket that a single-use ticket opens, and that opens itself again with growing pauses when it breaks. What is sent before it stands is kept. */
export function webSocketTransport(token: string): HouseTransport {
  const listeners = new Set<(message: ServerMessage) => void>()
  const stateListeners = new Set<(open: boolean) => void>()
  let queue: ClientMessage[] = []
  let socket: WebSocket | undefined
  let delay = firstDelayMs

  const tell = (open: boolean) => {
    for (const listener of stateListeners) listener(open)
  }
  const retry = () => {
    socket = undefined
    queue = []
    tell(false)
    setTimeout(connect, delay)
    delay = Math.min(longestDelayMs, delay * 2)
  }
  async function connect() {
    const ticket = await fetchTicket(token).catch(() => undefined)
    if (ticket === undefined) return retry()
    const opened = new WebSocket(
      `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws?ticket=${encodeURIComponent(ticket)}`,
    )
    opened.onopen = () => {
      socket = opened
      delay = firstDelayMs
      for (const message of queue.splice(0)) opened.send(JSON.stringify(message))
      tell(true)
    }
    opened.onmessage = (event) => {
      const message = JSON.parse(String(event.data)) as ServerMessage
      for (const listener of listeners) listener(message)
    }
    opened.onclose = retry
  }
  void connect()

  return {
    send(message) {
      if (socket) socket.send(JSON.stringify(message))
      else queue.push(message)
    },
    onMessage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onState(listener) {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
  }
}

async function fetchTicket(token: string): Promise<string> {
  const response = await fetch('/ticket', { method: 'POST', headers: { authorization: `Bearer ${token}` } })
  if (!response.ok) throw new Error(`ticket refused: ${response.status}`)
  const answer = (await response.json()) as { ticket: string }
  return answer.ticket
}

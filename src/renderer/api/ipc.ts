import type { ClientMessage, ServerMessage } from '../../shared/api'
import type { HouseTransport } from './client'

/** What the preload script puts on the window: a transport and nothing else. */
export interface Bridge {
  send(message: ClientMessage): void
  onMessage(listener: (message: ServerMessage) => void): () => void
}

declare global {
  interface Window {
    readonly tributary?: Bridge
  }
}

export const ipcTransport = (bridge: Bridge): HouseTransport => ({
  send: (message) => bridge.send(message),
  onMessage: (listener) => bridge.onMessage(listener),
})

import { contextBridge, ipcRenderer } from 'electron'

/** The page gets a transport and nothing else: no Node, no ipcRenderer, two functions. */
const CHANNEL = 'tributary'

contextBridge.exposeInMainWorld('tributary', {
  send: (message: unknown): void => ipcRenderer.send(CHANNEL, message),
  onMessage: (listener: (message: unknown) => void): (() => void) => {
    const hear = (_event: unknown, message: unknown): void => listener(message)
    ipcRenderer.on(CHANNEL, hear)
    return () => ipcRenderer.off(CHANNEL, hear)
  },
})

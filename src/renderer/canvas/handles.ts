import { formatEndpoint } from '../../shared/graph/document'

/** How ports are called in the flow: `in:prompt`, `out:text`. */
export const outHandle = (port: string): string => `out:${port}`
export const inHandle = (port: string): string => `in:${port}`
export const portOfHandle = (handle: string | null | undefined): string => handle?.slice(handle.indexOf(':') + 1) ?? ''

/** `node` and `out:port` as an end of a wire. */
export const endOf = (node: string, handle: string | null | undefined): string => formatEndpoint({ node, port: portOfHandle(handle) })

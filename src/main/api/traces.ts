import type { Handlers } from '../../shared/api'
import { TributaryError } from '../../shared/errors'
import { PackedTrace } from '../../shared/trace/packed'
import type { House } from './house'

/** Traces that were looked at last, opened: their slices are asked for one after another while a person walks through the text. */
const openedAtMost = 4

/** Token traces, in slices: a window draws the whole text from the outline and asks for the lists of tokens when somebody looks at them. */
export function traceHandlers({ store }: Pick<House, 'store'>): Pick<Handlers, 'traces.get'> {
  const opened = new Map<string, PackedTrace>()
  const open = (blob: string): PackedTrace => {
    const trace = opened.get(blob) ?? openTrace(store.blobs.get(blob))
    opened.delete(blob)
    opened.set(blob, trace)
    if (opened.size > openedAtMost) opened.delete(opened.keys().next().value ?? '')
    return trace
  }
  return {
    'traces.get': ({ blob, outline, from, count }) => {
      const trace = open(blob)
      return { ...(outline ? { outline: trace.outline() } : {}), lists: trace.lists(from, count) }
    },
  }
}

function openTrace(bytes: Uint8Array): PackedTrace {
  try {
    return new PackedTrace(bytes)
  } catch (cause) {
    throw new TributaryError('store-corrupt', 'This token trace cannot be read.', {
      hint: 'run the node again: an older or newer version of the application may have written it',
      cause,
    })
  }
}

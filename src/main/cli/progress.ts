import type { GraphDocument } from '../../shared/graph/document'
import type { RunEvent } from '../../shared/run/events'
import { formatBytes, formatMs, printNote, tokensText } from './output'

/** Progress for a person, on stderr: a line for each node that ends, and one line that is rewritten while something runs (terminals only). */
export function createProgress(document: GraphDocument, options: { quiet: boolean }): { show(event: RunEvent): void; end(): void } {
  if (options.quiet) return { show: () => undefined, end: () => undefined }
  const isTerminal = process.stderr.isTTY === true
  const tokens = new Map<string, number>()
  const title = (path: string) => document.nodes[path]?.title || path

  const rewrite = (text: string) => {
    if (isTerminal) process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)
  }
  const line = (text: string) => {
    rewrite('')
    printNote(text)
  }

  return {
    show(event) {
      switch (event.type) {
        case 'model.load.start':
          return rewrite(`  ${title(event.node)}: loading ${event.model} (${formatBytes(event.sizeBytes)}) …`)
        case 'token': {
          const count = (tokens.get(event.node) ?? 0) + event.tokens
          tokens.set(event.node, count)
          return rewrite(`  ${title(event.node)}: ${tokensText(count)} …`)
        }
        case 'node.progress':
          return rewrite(`  ${title(event.node)}: ${Math.floor(event.done)} of ${event.total} ${event.unit} …`)
        case 'node.cached':
          return line(`⟲ ${title(event.node)}: ${event.reason}`)
        case 'node.end':
          return line(`✓ ${title(event.node)}: ${formatMs(event.ms)}${describeTokens(event.usage)}`)
        case 'node.retry':
          return line(`↻ ${title(event.node)}: attempt ${event.attempt} in ${formatMs(event.delayMs)}`)
        case 'node.error':
          return line(`✗ ${title(event.node)}: ${event.error.message}`)
        case 'warn':
          return line(`! ${event.node ? `${title(event.node)}: ` : ''}${event.message}`)
        default:
          return undefined
      }
    },
    end: () => rewrite(''),
  }
}

function describeTokens(usage: { tokens: number; decodeMs: number; drafted: number; accepted: number }): string {
  if (usage.tokens === 0 || usage.decodeMs <= 0) return ''
  const rate = `, ${tokensText(usage.tokens)}, ${((usage.tokens / usage.decodeMs) * 1000).toFixed(0)} a second`
  return usage.drafted > 0 ? `${rate}, ${usage.accepted} of ${usage.drafted} drafted tokens accepted` : rate
}

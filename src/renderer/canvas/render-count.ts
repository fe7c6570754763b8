/** How often each card was drawn, and as `wire:ID` each wire (`wire:` all those that are drawn as one): a test counts it, nothing else reads it. */
const counts = new Map<string, number>()

export const countRender = (id: string): void => {
  counts.set(id, (counts.get(id) ?? 0) + 1)
}

declare global {
  interface Window {
    tributaryRenderCounts?: () => Record<string, number>
  }
}

if (typeof window !== 'undefined') window.tributaryRenderCounts = () => Object.fromEntries(counts)

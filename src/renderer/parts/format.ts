/** Figures as people read them. Pure. */

export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes <= 0) return '0 B'
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

/** 340 ms · 1.8 s · 2:05 */
export function formatMs(ms: number): string {
  if (ms < 1) return '<1 ms'
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

export function formatAgo(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  if (seconds < 10) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
}

export function formatCount(value: number): string {
  return value.toLocaleString('en-US')
}

/** 1,234 · 12.5 · 0.3333 · 0.00012 · 3.1 × 10⁻⁷: every number on a card, a score or a figure. Small ones keep two digits and stay plain as long as the noughts can be counted. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Number.isInteger(value)) return formatCount(value)
  const size = Math.abs(value)
  if (size >= 100) return value.toFixed(1)
  if (size >= 0.001) return String(Number(value.toPrecision(4)))
  if (size >= 1e-4) return String(Number(value.toPrecision(2)))
  const [digits = '', power = ''] = value.toExponential(1).split('e')
  return `${Number(digits)} × 10${power.replace(/[-+\d]/g, (sign) => raised[sign] ?? '')}`
}

const raised: { readonly [sign: string]: string } = {
  ...Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((digit, i) => [String(i), digit])),
  '-': '⁻',
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${formatCount(count)} ${count === 1 ? one : many}`

/** A message as a sentence: a capital first, a full stop last. */
export function asSentence(message: string): string {
  const text = message.trim()
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…][”"’')]?$/.test(text) ? '' : '.'}`
}

/** `about 3 min left` */
export function leftText(seconds: number | undefined): string {
  if (seconds === undefined) return ''
  if (seconds < 2) return 'nearly done'
  if (seconds < 90) return `about ${Math.round(seconds)} s left`
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min left`
  return `about ${(seconds / 3600).toFixed(1)} h left`
}

const devices: { readonly [id: string]: string } = { auto: 'Automatic', cpu: 'Processor', cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal' }

/** Where models run, in words. */
export const deviceName = (id: string): string => devices[id] ?? id

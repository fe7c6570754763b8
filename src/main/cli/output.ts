import { type ErrorReport, exitCodeOf, TributaryError, toErrorReport } from '../../shared/errors'

/** stdout carries data only; everything else goes to stderr. A reader that closes the pipe early has what it wanted: that is success. */
export function installPipeGuard(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}

/** Resolves when all that was printed has gone out: a pipe takes 64 KiB at a time, and what has not gone when the process ends is lost. */
export const allWritten = (): Promise<unknown> =>
  Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((done) => stream.write('', () => done()))))

export const printData = (text: string): void => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
export const printJson = (value: unknown): void => printData(JSON.stringify(value, null, 2))
export const printNote = (text: string): void => void process.stderr.write(`${text}\n`)

/** One error: a line of JSON under `--json`, else a sentence and a hint; returns the exit code. */
export function printError(thrown: unknown, asJson: boolean): number {
  const report = toErrorReport(thrown)
  if (asJson) process.stderr.write(`${JSON.stringify({ error: report })}\n`)
  else printNote(describeError(report))
  if (report.code === 'internal' && process.env.TRIBUTARY_DEBUG && thrown instanceof Error) printNote(thrown.stack ?? '')
  return thrown instanceof TributaryError ? exitCodeOf(thrown.code) : 1
}

export function describeError(report: ErrorReport): string {
  const place = [
    report.node && `node “${report.node}”`,
    report.port && `port “${report.port}”`,
    report.file && `${report.file}${report.line ? `:${report.line}` : ''}`,
  ]
    .filter(Boolean)
    .join(', ')
  const hint = report.hint ? `\n  ${report.hint}` : ''
  return `${report.message}${place ? ` (${place})` : ''} [${report.code}]${hint}`
}

/** Rows as aligned columns. Widths count UTF-16 units, which is right for the names and numbers shown here. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** 1 token, 2 tokens */
export const tokensText = (count: number): string => `${count} ${count === 1 ? 'token' : 'tokens'}`

export function formatMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

import { spawn } from 'node:child_process'
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError } from '../../../../shared/errors'
import { removeQuietly } from '../files'

/** Fetches one wheel with the pip of this machine, as the person set it up (index, proxy, certificates). Nothing of the package is installed or run. */
export interface WheelDownload {
  readonly package: string
  readonly version: string
  readonly wheelBytes: number
  /** an own folder for this wheel */
  readonly folder: string
  readonly signal: AbortSignal
  readonly onBytes?: ((done: number) => void) | undefined
  readonly run?: RunProgram | undefined
}

export interface ProgramResult {
  /** null: ended by a signal; 'missing': there is no such program */
  readonly code: number | null | 'missing'
  readonly stderr: string
}
export type RunProgram = (
  program: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; signal: AbortSignal },
) => Promise<ProgramResult>

/** The path of the wheel. Throws `download-failed` with pip's own reason, or the signal's reason. */
export async function downloadWheel(request: WheelDownload): Promise<string> {
  const present = await findWheel(request)
  if (present) return present
  const temporary = join(request.folder, 'tmp')
  await mkdir(temporary, { recursive: true })
  const watch = setInterval(() => void largestFile(request.folder).then((bytes) => request.onBytes?.(bytes)), 250)
  try {
    await runPip(request, temporary)
  } finally {
    clearInterval(watch)
  }
  const wheel = await findWheel(request)
  if (!wheel) throw failure(request, `pip brought no wheel of ${request.wheelBytes} bytes`)
  return wheel
}

async function runPip(request: WheelDownload, temporary: string): Promise<void> {
  const run = request.run ?? runProgram
  const env = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary }
  for (const program of process.platform === 'win32' ? ['py', 'python', 'python3'] : ['python3', 'python']) {
    const { code, stderr } = await run(program, pipArguments(request), { env, signal: request.signal })
    request.signal.throwIfAborted()
    if (code === 0) return
    if (code === 'missing' || /No module named pip\b/.test(stderr)) continue
    throw failure(request, lastComplaint(stderr))
  }
  throw failure(request, 'this machine has no Python with pip')
}

function pipArguments({ package: name, version, folder }: WheelDownload): string[] {
  const quiet = ['--no-input', '--disable-pip-version-check', '--no-cache-dir', '--progress-bar', 'off']
  return ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', ...quiet, '--dest', folder, `${name}==${version}`]
}

/** A whole wheel; half a one, from an attempt that was killed, is taken away. */
async function findWheel({ folder, wheelBytes }: WheelDownload): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => [] as string[])
  for (const name of names.filter((candidate) => candidate.endsWith('.whl'))) {
    const path = join(folder, name)
    if ((await stat(path)).size === wheelBytes) return path
    await removeQuietly(path)
  }
  return undefined
}

/** pip tells no progress that every version has; the file it writes does. */
async function largestFile(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [] as string[])
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      (found) => (found.isFile() ? found.size : 0),
      () => 0,
    ),
  )
  return Math.max(0, ...(await Promise.all(sizes)))
}

function lastComplaint(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  const errors = lines.filter((line) => /^ERROR:/i.test(line))
  const line = errors.at(-1) ?? lines.filter(Boolean).at(-1) ?? 'pip failed without a word'
  return line.replace(/^ERROR:\s*/i, '').slice(0, 300)
}

const failure = (request: WheelDownload, reason: string): TributaryError =>
  new TributaryError('download-failed', `Package ${request.package} ${request.version}: ${reason.replace(/[.\s]+$/, '')}.`)

/** Runs a program with its arguments as they are: no shell reads them. Aborting ends it, gently first. */
export const runProgram: RunProgram = (program, args, { env, signal }) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true })
    let stderr = ''
    let killer: NodeJS.Timeout | undefined
    child.stderr.on('data', (block: Buffer) => {
      stderr = (stderr + block.toString('utf8')).slice(-20_000)
    })
    const stop = (): void => {
      child.kill('SIGTERM')
      killer = setTimeout(() => child.kill('SIGKILL'), 3_000)
    }
    signal.addEventListener('abort', stop, { once: true })
    const finish = (result: () => void): void => {
      signal.removeEventListener('abort', stop)
      clearTimeout(killer)
      result()
    }
    child.on('error', (error: NodeJS.ErrnoException) =>
      finish(() => (error.code === 'ENOENT' ? resolve({ code: 'missing', stderr }) : reject(error))),
    )
    child.on('close', (code) => finish(() => resolve({ code, stderr })))
  })

import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { TributaryError } from '../../shared/errors'
import type { FromHost, ToHost } from './host-protocol'
import { networkCutter } from './without-network'

export interface HostProcessOptions {
  /** the built script of the model host */
  readonly entry: string
  /** a plain Node, not Electron: Electron's allocator caps one allocation at 2 GiB */
  readonly execPath: string
}

/** How the process ended, and the last things it wrote. */
export interface HostExit {
  readonly code: number | null
  readonly signal: string | null
  readonly lastWords: string
}

/** The variables that llama.cpp and its drivers may need. Keys and tokens of the application stay out. */
const allowedVariables =
  /^(PATH|HOME|USERPROFILE|TEMP|TMP|TMPDIR|LANG|LC_\w+|SYSTEMROOT|WINDIR|LD_LIBRARY_PATH|DYLD_\w+|CUDA_\w+|NVIDIA_\w+|HIP_\w+|ROCR_\w+|VK_\w+|GGML_\w+|XDG_RUNTIME_DIR)$/i

const lastWordsLimit = 8192

/** One life of the model host, without a network where that can be had. Knows how it starts, speaks and ends; what is said is not its business. */
export class HostProcess {
  readonly #child: ChildProcess
  #lastWords = ''

  constructor(options: HostProcessOptions, handlers: { onMessage(message: FromHost): void; onExit(exit: HostExit): void }) {
    const [command, ...args] = [...(networkCutter() ?? []), options.execPath, '--disable-proto=delete', options.entry] as [
      string,
      ...string[],
    ]
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: scrubbedEnvironment(process.env),
      windowsHide: true,
    })
    let ended = false
    const end = (exit: Omit<HostExit, 'lastWords'>): void => {
      if (ended) return
      ended = true
      handlers.onExit({ ...exit, lastWords: this.#lastWords })
    }
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString('utf8')).slice(-lastWordsLimit)
    })
    this.#child.on('message', (message) => handlers.onMessage(message as FromHost))
    this.#child.on('close', (code, signal) => end({ code, signal }))
    this.#child.on('error', (error) => {
      this.#lastWords += String(error)
      end({ code: null, signal: null })
    })
    this.#child.on('exit', (code, signal) => setTimeout(() => end({ code, signal }), 500).unref()) // `close` waits for stderr, for ever if a grandchild holds it
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  send(message: ToHost): void {
    if (this.#child.connected) this.#child.send(message, () => undefined) // a lost message is followed by the exit
  }

  /** Whether this process stays alive for the host's sake: only while something is asked of it. */
  hold(isHeld: boolean): void {
    const parts = [this.#child, this.#child.channel, this.#child.stderr as Socket | null]
    for (const part of parts) isHeld ? part?.ref() : part?.unref()
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

export const scrubbedEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => allowedVariables.test(name)))

/** A crash as a person should hear of it: what llama.cpp said last, if it said anything. */
export function crashError({ code, signal, lastWords }: HostExit, doing: string): TributaryError {
  const assertion = /(?:GGML_ASSERT\(.*|.*fatal error.*|.*out of memory.*|terminate called.*)/i.exec(lastWords)?.[0]?.trim()
  const how =
    signal === 'SIGKILL' ? 'it was killed, perhaps for want of memory' : (assertion ?? (signal ? `signal ${signal}` : `exit code ${code}`))
  return new TributaryError(
    'model-host-crashed',
    `The process that holds the models stopped unexpectedly during ${doing}: ${how.slice(0, 300)}.`,
    {
      hint: 'It starts again by itself. If this happens again, verify the model file or choose a smaller model or context.',
      details: { code, signal, lastWords: lastWords.slice(-2000) },
    },
  )
}

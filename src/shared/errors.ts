/**
 * Every failure a person can meet has a stable code, one sentence, a hint, and the place where it happened.
 * Codes are append-only: scripts and tests rely on them. `tributary help errors --json` prints this table.
 */
export const errorCodes = {
  usage: { exit: 2, summary: 'the command was used wrongly' },
  'graph-not-json': { exit: 3, summary: 'the file is not JSON' },
  'graph-format': { exit: 3, summary: 'the file is JSON but not a graph file' },
  'graph-too-large': { exit: 3, summary: 'the graph file exceeds a limit' },
  'graph-newer': {
    exit: 9,
    summary: 'the file needs a newer version of the application',
  },
  'graph-invalid': {
    exit: 3,
    summary: 'the graph has problems that stop it from running',
  },
  'graph-not-found': { exit: 3, summary: 'no graph of this id or file name' },
  'graph-conflict': {
    exit: 3,
    summary: 'the graph was changed elsewhere meanwhile',
  },
  'input-missing': { exit: 4, summary: 'a required input has no value' },
  'input-unknown': { exit: 4, summary: 'the graph has no input of this name' },
  'input-type': { exit: 4, summary: 'an input has a value of the wrong type' },
  'model-missing': { exit: 5, summary: 'a model is not in the library' },
  'model-changed': {
    exit: 5,
    summary: 'a model file differs from the hash that the graph names',
  },
  'model-corrupt': { exit: 5, summary: 'a model file is damaged or hostile' },
  'model-unknown': {
    exit: 5,
    summary: 'a model from a file was not loaded here before, and nobody has accepted it',
  },
  'model-unsupported': {
    exit: 5,
    summary: 'a model cannot do what the node asks',
  },
  'model-load-failed': { exit: 5, summary: 'a model could not be loaded' },
  'model-host-crashed': {
    exit: 1,
    summary: 'the process that holds the models stopped unexpectedly',
  },
  'out-of-memory': { exit: 6, summary: 'the plan does not fit in memory' },
  'context-overflow': {
    exit: 1,
    summary: 'the prompt is longer than the context of the model',
  },
  'distribution-empty': {
    exit: 1,
    summary: 'no token has any probability left',
  },
  'vocabulary-mismatch': {
    exit: 1,
    summary: 'models with different vocabularies meet where one is needed',
  },
  'logits-invalid': {
    exit: 1,
    summary: 'a model gave logits that are not numbers',
  },
  'weights-mismatch': {
    exit: 1,
    summary: 'models whose tensors do not match meet in a merge',
  },
  'weights-parameter': {
    exit: 1,
    summary: 'a setting of a merge is out of its range',
  },
  'weights-not-finite': {
    exit: 1,
    summary: 'a tensor holds, or would hold, values that are not numbers',
  },
  'weights-quantized': {
    exit: 1,
    summary: 'a difference of coarsely quantized models is mostly noise',
  },
  'recipe-unreadable': {
    exit: 3,
    summary: 'a recipe of a merge cannot be read',
  },
  'statistics-missing': {
    exit: 1,
    summary: 'a merge method needs statistics that it was not given',
  },
  'file-unreadable': { exit: 1, summary: 'a file cannot be read' },
  'file-format': { exit: 1, summary: 'a file is not of the expected format' },
  'data-kept': { exit: 4, summary: 'rows that are kept for testing were given to a search' },
  'data-empty': {
    exit: 1,
    summary: 'a folder, file or list has nothing in it',
  },
  'disk-full': { exit: 1, summary: 'there is no space left on the disk' },
  'store-locked': { exit: 1, summary: 'another process holds the database' },
  'store-corrupt': { exit: 1, summary: 'the database is damaged' },
  'store-newer': {
    exit: 9,
    summary: 'the database was written by a newer version',
  },
  'node-failed': { exit: 1, summary: 'a node failed' },
  'node-timeout': { exit: 1, summary: 'a node ran longer than its limit' },
  'run-timeout': { exit: 7, summary: 'the run took longer than its limit' },
  'backend-unreachable': {
    exit: 10,
    summary: 'a remote server cannot be reached',
  },
  'backend-error': {
    exit: 1,
    summary: 'a remote server answered with an error',
  },
  'download-failed': { exit: 10, summary: 'a download did not arrive whole' },
  'hash-mismatch': {
    exit: 5,
    summary: 'a download differs from its known hash',
  },
  'not-found': { exit: 2, summary: 'no such thing' },
  'not-allowed': { exit: 2, summary: 'this is not permitted' },
  internal: { exit: 1, summary: 'a fault of the application itself' },
} as const

export type ErrorCode = keyof typeof errorCodes

export interface ErrorPlace {
  readonly node?: string
  readonly port?: string
  readonly file?: string
  readonly line?: number
  /** hash of the value that is to blame, as it went over a wire: another node made it than the one that failed on it */
  readonly value?: string
}

export interface ErrorReport extends ErrorPlace {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
  readonly details?: unknown
}

/** What fails while running. `message` is one sentence that says what happened and where; `hint` says what to do. */
export class TributaryError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly place: ErrorPlace
  readonly details: unknown

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      hint?: string
      place?: ErrorPlace
      details?: unknown
      cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TributaryError'
    this.code = code
    this.hint = options.hint
    this.place = options.place ?? {}
    this.details = options.details
  }

  /** The same error, told where it happened; a place that is already known stays. */
  at(place: ErrorPlace): TributaryError {
    return new TributaryError(this.code, this.message, {
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      place: { ...place, ...this.place },
      details: this.details,
      cause: this.cause,
    })
  }

  toReport(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      ...this.place,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.details === undefined ? {} : { details: this.details }),
    }
  }

  static fromReport(report: ErrorReport): TributaryError {
    const { code, message, hint, details, ...place } = report
    return new TributaryError(code, message, {
      ...(hint === undefined ? {} : { hint }),
      place,
      details,
    })
  }
}

/** Any thrown thing as a report; what is not a TributaryError is a fault of ours and is called so. */
export function toErrorReport(thrown: unknown, place: ErrorPlace = {}): ErrorReport {
  if (thrown instanceof TributaryError) return thrown.at(place).toReport()
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'internal', message, ...place }
}

export const exitCodeOf = (code: ErrorCode): number => errorCodes[code].exit

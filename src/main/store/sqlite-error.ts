import type { ErrorCode } from '../../shared/errors'
import { TributaryError } from '../../shared/errors'

const sentences: readonly { readonly pattern: RegExp; readonly code: ErrorCode; readonly message: string; readonly hint: string }[] = [
  {
    pattern: /^(SQLITE_FULL|SQLITE_IOERR_WRITE|SQLITE_IOERR_FSYNC|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT|EFBIG)$/,
    code: 'disk-full',
    message: 'There is no space left on the disk that holds the store; nothing that was saved before is lost.',
    hint: 'Free some space, then do it again.',
  },
  {
    pattern: /^SQLITE_(BUSY|LOCKED|PROTOCOL)/,
    code: 'store-locked',
    message: 'Another process holds the database and did not let go of it in time.',
    hint: 'Close the other program that uses this data folder, then do it again.',
  },
  {
    pattern: /^SQLITE_(CORRUPT|NOTADB)/,
    code: 'store-corrupt',
    message: 'The database is damaged.',
    hint: 'Start the application again: it sets the damaged file aside and restores the newest backup.',
  },
  {
    pattern: /^(SQLITE_READONLY|SQLITE_CANTOPEN|EACCES|EPERM|EROFS)/,
    code: 'file-unreadable',
    message: 'The data folder cannot be written.',
    hint: 'Check the permissions of the folder, or choose another one with --home.',
  },
]

/** What SQLite or the file system threw, as a sentence; what is not theirs comes back as it is. */
export function explainStoreError(thrown: unknown): unknown {
  const code = codeOf(thrown)
  if (code === undefined) return thrown
  const known = sentences.find(({ pattern }) => pattern.test(code))
  if (!known) return thrown
  return new TributaryError(known.code, known.message, { hint: known.hint, details: { cause: code }, cause: thrown })
}

/** Runs `act`; its SQLite and file errors leave as sentences. */
export function withSentences<T>(act: () => T): T {
  try {
    return act()
  } catch (thrown) {
    throw explainStoreError(thrown)
  }
}

export function isStoreError(thrown: unknown, code: ErrorCode): boolean {
  return thrown instanceof TributaryError && thrown.code === code
}

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || thrown instanceof TributaryError) return undefined
  const { code } = thrown as Error & { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

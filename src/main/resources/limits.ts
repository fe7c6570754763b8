/** Bounds of what one resource may hold. Above them reading stops with a sentence, before memory is taken. */
export const resourceLimits = {
  /** files in a folder, known or not */
  files: 10_000,
  /** folders below each other */
  depth: 16,
  /** bytes of one file */
  fileBytes: 64 * 1024 * 1024,
  /** bytes of all files that are read */
  totalBytes: 256 * 1024 * 1024,
  /** rows of a table */
  rows: 1_000_000,
  /** up to so many bytes a fingerprint is of the content, above of sizes and times */
  fingerprintBytes: 64 * 1024 * 1024,
} as const

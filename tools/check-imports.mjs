/**
 * Imports go one way: shared ← kernels ← models, store, executor ← nodes ← app ← doors. A wrong import fails the build, not the review.
 * Each row names a room and the rooms it may import from besides itself and `shared`. A test file, and what lies in a folder `testing`, may also import what its room may not.
 * No file imports another that comes back to it, inside a room or across; imports of types are no part of a circle, for nothing of them is left when the program runs.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { importCircles } from './import-circles.mjs'

const rooms = {
  'src/shared': { packages: ['zod'], rooms: [] },
  'src/renderer': { packages: '*', rooms: [] },
  'src/preload': { packages: ['electron'], rooms: [] },
  'src/main/retrieval': { packages: ['wink-porter2-stemmer', 'zod'], rooms: [] },
  'src/main/claims': { packages: [], rooms: ['src/main/retrieval'] },
  'src/main/ranking': { packages: ['zod'], rooms: [] },
  'src/main/compression': { packages: [], rooms: ['src/main/retrieval', 'src/main/claims'] },
  'src/main/resources': { packages: '*', rooms: ['src/main/node-runtime.ts'] },
  'src/main/decoding': { packages: [], rooms: ['src/main/models/model.ts'] },
  'src/main/weights': { packages: ['zod'], rooms: ['src/main/node-runtime.ts', 'src/main/models/model.ts'] },
  'src/main/llama': {
    packages: '*',
    rooms: ['src/main/decoding', 'src/main/models/model.ts', 'src/main/models/host-protocol.ts', 'src/main/models/expert-variants.ts'],
  },
  'src/main/models': { packages: '*', rooms: ['src/main/weights'] },
  'src/main/store': { packages: '*', rooms: [] },
  'src/main/executor': { packages: [], rooms: ['src/main/node-runtime.ts', 'src/main/models/model.ts'] },
  'src/main/batch': { packages: '*', rooms: ['src/main/ranking', 'src/main/decoding/random.ts'] },
  'src/main/nodes': {
    packages: '*',
    rooms: [
      'src/main/node-runtime.ts',
      'src/main/decoding',
      'src/main/weights',
      'src/main/retrieval',
      'src/main/claims',
      'src/main/compression',
      'src/main/ranking',
      'src/main/models/model.ts',
    ],
  },
  'src/main/recipes': { packages: ['yaml', 'zod'], rooms: ['src/main/nodes', 'src/main/node-runtime.ts', 'src/main/weights'] },
  'src/main/systems': {
    packages: [],
    rooms: [
      'src/main/nodes',
      'src/main/recipes',
      'src/main/node-runtime.ts',
      'src/main/decoding',
      'src/main/weights',
      'src/main/models/model.ts',
    ],
  },
  'src/main/api': {
    packages: ['zod', 'fflate'],
    rooms: [
      'src/main/store',
      'src/main/executor',
      'src/main/models',
      'src/main/nodes',
      'src/main/recipes',
      'src/main/weights',
      'src/main/batch',
      'src/main/systems',
      'src/main/resources',
      'src/main/weights',
      'src/main/folders.ts',
    ],
  },
  'src/main/shell': {
    packages: ['electron'],
    rooms: ['src/main/app.ts', 'src/main/api', 'src/main/content-security-policy.ts'],
  },
  'src/main/serve': {
    packages: '*',
    rooms: ['src/main/app.ts', 'src/main/api', 'src/main/content-security-policy.ts'],
  },
}

const files = readdirSync('src', { recursive: true })
  .map((name) => join('src', String(name)).replaceAll('\\', '/'))
  .filter((name) => /\.tsx?$/.test(name))

const importPattern =
  /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\{[^}]*\})?[^'"\n;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g
const problems = []
/** file → files of the project whose values it imports when it is loaded */
const imports = new Map(files.map((file) => [file, new Set()]))

for (const file of files) {
  if (/\.test\.tsx?$|\/testing\//.test(file)) continue
  const room = Object.keys(rooms).find((name) => file.startsWith(`${name}/`))
  const text = readFileSync(file, 'utf8')
  for (const match of text.matchAll(importPattern)) {
    const specifier = match[1] ?? match[2] ?? match[3]
    const line = text.slice(0, match.index).split('\n').length
    const reason = judge(file, room, specifier)
    if (reason) problems.push(`${file}:${line}: ${reason}`)
    const target = match[2] !== undefined || /^\s*(?:import|export)\s+type\b/.test(match[0]) ? undefined : fileOf(file, specifier)
    if (target) imports.get(file).add(target)
  }
}
for (const circle of importCircles(imports)) problems.push(`these import each other in a circle: ${circle.join(', ')}`)

function fileOf(file, specifier) {
  if (!specifier.startsWith('.')) return undefined
  const path = join(dirname(file), specifier).replaceAll('\\', '/')
  return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((candidate) => imports.has(candidate))
}

function judge(file, room, specifier) {
  if (specifier === 'electron' || specifier.startsWith('electron/')) {
    const allowed = file === 'src/main/index.ts' || file.startsWith('src/main/shell/') || file.startsWith('src/preload/')
    return allowed ? undefined : 'only src/main/index.ts, src/main/shell and src/preload may import electron'
  }
  if (!room) return undefined
  const law = rooms[room]
  if (specifier.startsWith('.')) {
    const target = normalize(join(dirname(file), specifier)).replaceAll('\\', '/')
    if (/^resources\/[^/]+\.json$/.test(target)) return undefined
    const inside = [room, 'src/shared', ...law.rooms].some(
      (name) => target === name || `${target}.ts` === name || target.startsWith(`${name}/`),
    )
    return inside ? undefined : `${room} may not import ${relative('.', target)}`
  }
  if (specifier.startsWith('node:')) {
    const pure =
      room === 'src/shared' ||
      room === 'src/renderer' ||
      room === 'src/main/decoding' ||
      room === 'src/main/retrieval' ||
      room === 'src/main/claims' ||
      room === 'src/main/compression' ||
      room === 'src/main/ranking'
    return pure ? `${room} is pure: it may not import ${specifier}` : undefined
  }
  const allowed = law.packages === '*' || law.packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
  return allowed ? undefined : `${room} may not import the package ${specifier}`
}

if (problems.length > 0) {
  console.error(problems.join('\n'))
  console.error(`${problems.length} import(s) or circles against the one-way rule; see tools/check-imports.mjs`)
  process.exit(1)
}
console.log(`imports go one way: ${files.length} files`)

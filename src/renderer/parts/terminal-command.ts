import type { Json } from '../../shared/json'

/** The command that runs a stored graph in a terminal, as a shell takes it. The data folder is named where it is not the system's own. Pure. */
export function commandFor({
  graph,
  inputs,
  seed,
  home,
}: {
  graph: string
  inputs: Readonly<Record<string, Json>>
  seed: number | undefined
  home: string | undefined
}): string {
  const words = Object.entries(inputs).map(([name, value]) =>
    typeof value === 'string' ? `--input ${quote(`${name}=${escaped(value)}`)}` : `--input ${quote(`${name}:=${JSON.stringify(value)}`)}`,
  )
  const folder = home === undefined || usual.test(home) ? [] : [`--home ${quote(home)}`]
  return ['npx tributary', ...folder, 'run', graph, ...words, ...(seed === undefined ? [] : [`--seed ${seed}`])].join(' ')
}

const usual = /(?:\.local\/share\/tributary|Application Support\/Tributary|\\AppData\\Local\\Tributary)$/

/** A value that begins with `@` would be read as the name of a file. */
const escaped = (value: string): string => (value.startsWith('@') ? `@${value}` : value)

const quote = (text: string): string => (/^[\w./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { commandFor } from './terminal-command'

const words = (command: string): string[] =>
  execFileSync('sh', ['-c', command.replace('npx tributary', 'printf "%s\\n"')], { encoding: 'utf8' })
    .trimEnd()
    .split('\n')

describe('the command for the terminal', () => {
  it('names graph, inputs and seed, and comes through a shell unharmed', () => {
    const inputs = { question: `where's the "red" key? $HOME`, k: 3, file: '@home' }
    const command = commandFor({ graph: 'g_1', inputs, seed: 7, home: '/home/me/.local/share/tributary' })
    expect(words(command)).toEqual([
      'run',
      'g_1',
      '--input',
      `question=where's the "red" key? $HOME`,
      '--input',
      'k:=3',
      '--input',
      'file=@@home',
      '--seed',
      '7',
    ])
  })
  it('names a data folder of its own', () => {
    expect(words(commandFor({ graph: 'g', inputs: {}, seed: undefined, home: '/data/my house' }))).toEqual([
      '--home',
      '/data/my house',
      'run',
      'g',
    ])
  })
})

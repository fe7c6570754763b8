import './without-proto'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { GlobalOptions } from './cli/options'
import { allWritten, installPipeGuard, printError } from './cli/output'
import { VERSION } from './version'

/**
 * The `tributary` command. Each subcommand is a file of `cli/` that is loaded only when it is asked for, so that `tributary run` starts fast.
 * stdout carries data only. Exit codes are those of `shared/errors.ts` and of the table in the documentation.
 */
const program = new Command('tributary')
  .description('Wire language models together: merge their weights, mix their next-token distributions, or let them cooperate over text.')
  .version(VERSION, '-V, --version')
  .option('--home <folder>', 'data folder (default: that of your system; TRIBUTARY_HOME)')
  .option('--device <name>', 'auto, cpu, cuda, vulkan or metal', 'auto')
  .option('--memory <size>', 'memory for models, e.g. 6GiB', parseSize)
  .option('--threads <n>', 'threads for models', parsePositive)
  .option('--json', 'machine-readable output, also for errors')
  .showHelpAfterError('Run with --help for the options.')
  .exitOverride()

const collect = (value: string, before: string[]) => [...before, value]
const globals = (): GlobalOptions => program.opts<GlobalOptions>()

program
  .command('run')
  .argument('<graph>', 'a graph file, or the id or name of a stored graph, or template:ID')
  .description('run a graph; prints its text output')
  .option('-i, --input <k=v>', 'an input: k=v, k=@file, k:=json', collect, [])
  .option('--inputs <file>', 'inputs as a JSON object, from a file or - for stdin')
  .option('--set <node.param=v>', 'a param for this run', collect, [])
  .option('--model <alias=id>', 'a model for this run: a file, a SHA-256 or a catalogue id', collect, [])
  .option('--to <node>', 'run only what this node needs', collect, [])
  .addOption(branchesOption())
  .option('--only <node>', 'run only this node, on stored values', collect, [])
  .option('--from <node>', 'run this node and what follows, on stored values')
  .option('--from-run <run>', 'the run whose stored values --from and --only use')
  .option('--resume <run>', 'continue an interrupted run')
  .option('--pins <file>', 'take these outputs as given: JSON, {"node": {"output": value}}')
  .option('--no-cache', 'run everything again')
  .option('--refresh <node>', 'run this node again whatever the cache says', collect, [])
  .option('--seed <n>', 'seed of the run', parseSeed)
  .option('--events <level>', 'none, summary, nodes or tokens: NDJSON on stdout')
  .option('--quiet', 'no progress on stderr')
  .option('--out <folder>', 'write every output to a file in this folder')
  .option('--timeout <time>', 'wall-clock limit, e.g. 90s or 10m', parseDuration)
  .option('--accept-models', 'trust the models that the graph names and that were never loaded here')
  .option('--real', 'a template on the starter models instead of the toys')
  .action(async (graph, options) => exitWith((await import('./cli/run')).run(graph, options, globals())))

program
  .command('batch')
  .argument('<graph>', 'a graph file, or the id or name of a stored graph, or template:ID')
  .description('run a graph over the rows of a dataset, measure the answers, compare variants')
  .requiredOption('--data <file>', 'the rows: csv, tsv or jsonl; or sample:NAME')
  .option('--map <input=.field>', 'which field of a row feeds which input', collect, [])
  .option('--metric <kind=output~.field>', 'what is measured, e.g. em=answer~.gold; name:kind=…;option=value', collect, [])
  .option('--variants <file>', 'JSON: {"A": {}, "B": {"node.param": value, "model:alias": "id"}}; the first is the one to compare with')
  .option('--set <node.param=v>', 'a param for this batch', collect, [])
  .option('--model <alias=id>', 'a model for this batch', collect, [])
  .option('--limit <n>', 'the first n rows only', parsePositive)
  .option('--concurrency <n>', 'items at work at once', parsePositive)
  .option('--workers <address>', 'hand the rows to workers that joined this Redis (tributary worker --join)')
  .option('--seed <n>', 'seed of every run', parseSeed)
  .option('--keep-going', 'go on after a failed row; exit 11 if there was one')
  .option('--resume [batch]', 'go on with the last unfinished batch of the same graph, rows and settings, or with the one named')
  .option('--assert <expression>', 'e.g. em>=0.6 or em@B>em@A; exit 8 if it does not hold', collect, [])
  .option('--snapshot <folder>', 'write what every row gave, a file each')
  .option('--compare <folder>', 'compare with such a snapshot; exit 8 if anything differs')
  .option('--events', 'NDJSON on stdout: an event a line, outcomes in the order of rows')
  .option('--quiet', 'no progress on stderr')
  .option('--real', 'a template on the starter models instead of the toys')
  .action(async (graph, options) => exitWith((await import('./cli/batch')).batch(graph, options, globals())))

program
  .command('worker')
  .description('run items of batches that a queue hands out; the data folder is shared with whoever asks')
  .requiredOption('--join <address>', 'Redis or Valkey: redis://127.0.0.1:6379')
  .option('--concurrency <n>', 'items at work at once', parsePositive)
  .action(async (options) => exitWith((await import('./cli/worker')).worker(options, globals())))

program
  .command('demo')
  .description('answer a question from the shipped example documents, and check every claim')
  .argument('[question]')
  .option('--real', 'on the starter model (downloads 92 MB once)')
  .action(async (question, options) => exitWith((await import('./cli/demo')).demo(question, options, globals())))

program
  .command('plan')
  .argument('<graph>')
  .description('what would run and why, the models it loads, peak memory; loads nothing')
  .option('-i, --input <k=v>', 'an input', collect, [])
  .option('--inputs <file>', 'inputs as a JSON object')
  .option('--to <node>', 'plan only what this node needs', collect, [])
  .addOption(branchesOption())
  .action(async (graph, options) => exitWith((await import('./cli/plan')).plan(graph, options, globals())))

program
  .command('validate')
  .argument('<graph...>')
  .description('check structure, types and models of graph files')
  .option('--level <level>', 'structure, types or models', 'models')
  .action(async (graphs, options) => exitWith((await import('./cli/validate')).validate(graphs, options, globals())))

program
  .command('describe')
  .argument('<graph>')
  .description("a graph's inputs and outputs as JSON Schema")
  .action(async (graph) => exitWith((await import('./cli/describe')).describe(graph, globals())))

program
  .command('diff')
  .argument('<a>', 'a graph file, a stored graph, a version of it (NAME@12), a run (r_…) or template:ID')
  .argument('<b>', 'the same')
  .option('--text', 'sentences, one a line (the default; --json gives data)')
  .description('what differs in meaning between two graphs; moves are no difference')
  .action(async (a, b) => exitWith((await import('./cli/diff')).diff(a, b, globals())))

const versions = program.command('versions').description('the versions of a stored graph')
versions.command('ls <graph>').action(async (graph) => exitWith((await import('./cli/versions')).list(graph, globals())))
versions
  .command('save <graph> [name]')
  .description('keep the graph as it is now under a name')
  .action(async (graph, name) => exitWith((await import('./cli/versions')).save(graph, name, globals())))
versions
  .command('show <version>')
  .description('print NAME@12 as a graph file')
  .action(async (version) => exitWith((await import('./cli/versions')).show(version, globals())))

program
  .command('import')
  .argument('<file>')
  .description('a graph file, or a MergeKit configuration (.yml), into your graphs')
  .option('--out <file>', 'write a graph file instead')
  .action(async (file, options) => exitWith((await import('./cli/recipes')).importFile(file, options, globals())))

program
  .command('export')
  .argument('<graph>')
  .description('a graph as a graph file, or as a MergeKit configuration')
  .option('--mergekit', 'as a MergeKit configuration (YAML)')
  .option('--out <file>', 'into this file instead of stdout')
  .action(async (graph, options) => exitWith((await import('./cli/recipes')).exportGraph(graph, options, globals())))

program
  .command('merge3')
  .argument('<base>')
  .argument('<ours>')
  .argument('<theirs>')
  .description('three-way merge of graph files into OURS; a git merge driver')
  .action(async (base, ours, theirs) => exitWith((await import('./cli/merge3')).merge3(base, ours, theirs, globals())))

const nodes = program.command('nodes').description('the node types')
nodes.command('ls').action(async () => exitWith((await import('./cli/nodes')).list(globals())))
nodes.command('show <type>').action(async (type) => exitWith((await import('./cli/nodes')).show(type, globals())))

const models = program.command('models').description('the model library')
models.command('ls').action(async () => exitWith((await import('./cli/models')).list(globals())))
models.command('pull <id...>').action(async (ids) => exitWith((await import('./cli/models')).pull(ids, globals())))
models
  .command('add <file>')
  .description('a GGUF file, a checkpoint, or a folder of models, where they lie')
  .option('--watch', 'a folder: what comes into it later is in the library, too, for as long as it is watched')
  .action(async (file, options) => {
    const cli = await import('./cli/models')
    return exitWith(options.watch ? cli.watch(file, globals()) : cli.add(file, globals()))
  })
models
  .command('folders')
  .description('folders that are watched for models')
  .action(async () => exitWith((await import('./cli/models')).folders(globals())))
models
  .command('unwatch <folder>')
  .description('watch a folder no more; its files stay where they are')
  .action(async (folder) => exitWith((await import('./cli/models')).unwatch(folder, globals())))
models
  .command('recipe <model>')
  .description('the graph that made a merged model: a file, SHA-256 or name')
  .option('--out <file>', 'into this file instead of stdout')
  .action(async (model, options) => exitWith((await import('./cli/recipes')).recipe(model, options, globals())))
models.command('accept <id...>').action(async (ids) => exitWith((await import('./cli/models')).accept(ids, globals())))
models
  .command('template <id>')
  .description('its chat template: known or not, what is odd about it, what it writes; loads nothing')
  .option('--accept', 'let this template run though nobody here knows it')
  .option('--refuse', 'use the built-in form again')
  .action(async (id, options) => exitWith((await import('./cli/models')).template(id, options, globals())))
models.command('verify [id...]').action(async (ids) => exitWith((await import('./cli/models')).verify(ids, globals())))
models.command('rm <id>').action(async (id) => exitWith((await import('./cli/models')).remove(id, globals())))
models.command('matrix').action(async () => exitWith((await import('./cli/models')).matrix(globals())))

const runs = program.command('runs').description('past runs')
runs
  .command('ls')
  .option('--limit <n>', 'how many', parsePositive, 20)
  .action(async (options) => exitWith((await import('./cli/runs')).list(options, globals())))
runs.command('show <run>').action(async (run) => exitWith((await import('./cli/runs')).show(run, globals())))
runs
  .command('replay <run>')
  .description('print the events of a run')
  .action(async (run) => exitWith((await import('./cli/runs')).replay(run, globals())))
runs
  .command('export <run>')
  .description('write the run as one file: graph, inputs, events, values, environment')
  .option('--out <file>', 'where to (default: a name of its own in this folder)')
  .action(async (run, options) => exitWith((await import('./cli/runs')).exportBundle(run, options, globals())))
runs
  .command('import <file>')
  .description('open such a file: the run is in the history, its graph is stored')
  .action(async (file) => exitWith((await import('./cli/runs')).importBundle(file, globals())))
runs.command('rm <run>').action(async (run) => exitWith((await import('./cli/runs')).remove(run, globals())))

const systems = program
  .command('systems')
  .description('the published systems: what realises each, and its demonstration')
  .action(async () => exitWith((await import('./cli/systems')).list(globals())))
systems
  .command('run [id...]')
  .option('--all', 'every demonstration there is')
  .action(async (ids, options) => exitWith((await import('./cli/systems')).run(ids, options, globals())))

program
  .command('serve')
  .description('the window in your browser, over loopback')
  .option('--port <n>', 'port (default: a free one)', parsePort, 0)
  .option('--root <folder>', 'a folder whose documents the browser may choose', collect, [])
  .option('--open', 'open the browser')
  .option('--api <port>', 'also an OpenAI-compatible server of local models and saved graphs (0: a free port)', parsePort)
  .action(async (options) => exitWith((await import('./cli/serve')).serveCommand(options, globals())))

program
  .command('open')
  .description('the window; where there is no Electron binary or no display, the browser')
  .action(async () => exitWith((await import('./cli/open')).open(globals())))

program
  .helpCommand(false)
  .command('help')
  .argument('[topic]', '“errors”, or a command')
  .description('this help, that of a command, or the error codes and their exit codes')
  .action(async (topic) => {
    if (topic === 'errors') return exitWith((await import('./cli/errors')).errors(globals()))
    const command = program.commands.find((candidate) => candidate.name() === topic)
    ;(command ?? program).outputHelp()
  })

async function exitWith(code: Promise<number>): Promise<void> {
  process.exitCode = await code
}

function branchesOption(): Option {
  return new Option('--branches <how>', 'beside each other, or in sequence: less memory, more time (default: as the graph says)').choices([
    'beside',
    'sequence',
  ])
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new InvalidArgumentError('a seed is a whole number from 0 to 4294967295')
  return seed
}

function parsePositive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number of at least 1')
  return value
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new InvalidArgumentError('a port is a whole number from 0 to 65535')
  return port
}

function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|KB|MB|GB)?$/i.exec(text)
  if (!match) throw new InvalidArgumentError('expected a size such as 6GiB')
  const factors: Record<string, number> = { b: 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3, kb: 1e3, mb: 1e6, gb: 1e9 }
  return Math.floor(Number(match[1]) * (factors[(match[2] ?? 'B').toLowerCase()] ?? 1))
}

function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
  if (!match) throw new InvalidArgumentError('expected a time such as 90s or 10m')
  const factors: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  return Math.ceil(Number(match[1]) * (factors[match[2] ?? 's'] ?? 1000))
}

installPipeGuard()
try {
  await program.parseAsync(process.argv)
} catch (thrown) {
  if (thrown instanceof CommanderError) process.exitCode = thrown.exitCode === 0 ? 0 : 2
  else process.exitCode = printError(thrown, globals().json === true)
}
await allWritten()
// Handles that an abandoned native library keeps must not hold the command open.
process.exit()

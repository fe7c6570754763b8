import { isMainThread } from 'node:worker_threads'

/**
 * The model host: a process of plain Node that owns llama.cpp, so that what goes wrong there (an assertion, a full memory) ends this process
 * and nothing else. Its script is also the script of its own template thread. Only here do llama.cpp and the file reader meet.
 */
async function main(): Promise<void> {
  if (!isMainThread) {
    const { serveTemplates } = await import('./llama/template-worker')
    return serveTemplates()
  }
  const { trustProcessorBinary } = await import('./llama/trusted-binary')
  trustProcessorBinary()
  const { serveHost } = await import('./llama/server')
  const { TemplateRenderer } = await import('./llama/template-worker')
  const { inspectModelFile } = await import('./host-inspect')
  const { derivedFiles } = await import('./derived-files')
  serveHost({ inspect: inspectModelFile, templates: new TemplateRenderer(process.argv[1] as string), derivedIn: derivedFiles })
}

void main()

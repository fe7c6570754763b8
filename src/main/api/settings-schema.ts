import { totalmem } from 'node:os'
import { z } from 'zod'
import type { Settings } from '../../shared/api'

/** What is stored, each with its default. A stored value that no longer fits falls back to the default: settings never stop the start. */
export const storedSettings = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  device: z.enum(['auto', 'cpu', 'cuda', 'vulkan', 'metal']),
  /** 0: as many as there are physical cores */
  threads: z.number().int().min(0).max(256),
  /** 0: three quarters of this machine's memory */
  memoryBudgetBytes: z.number().int().min(0),
  /** layers of each model on the graphics card; negative: as many as fit */
  gpuLayers: z.number().int().min(-1).max(10_000),
  motion: z.enum(['full', 'reduced']),
  navigation: z.enum(['canvas-first', 'mouse-first']),
  unloadAfterMinutes: z.number().int().min(0).max(10_000),
  backends: z.array(
    z.object({
      id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'an id has small letters, digits and dashes'),
      name: z.string().max(100),
      url: z.url({ protocol: /^https?$/, error: 'an address starts with http:// or https://' }),
      /** name of the environment variable that holds the key; the key itself is never stored */
      keyVariable: z.string().max(100).optional(),
    }),
  ),
  keys: z.record(z.string(), z.string()),
  consents: z.record(z.string(), z.boolean()),
})
export type StoredSettings = z.infer<typeof storedSettings>

const defaults: StoredSettings = {
  theme: 'system',
  device: 'auto',
  threads: 0,
  memoryBudgetBytes: 0,
  gpuLayers: -1,
  motion: 'full',
  navigation: 'canvas-first',
  unloadAfterMinutes: 30,
  backends: [],
  keys: {},
  consents: {},
}

export function storedFrom(values: Readonly<Record<string, unknown>>): StoredSettings {
  const settings: Record<string, unknown> = { ...defaults }
  for (const [name, schema] of Object.entries(storedSettings.shape)) {
    const parsed = schema.safeParse(values[name])
    if (parsed.success) settings[name] = parsed.data
  }
  return settings as StoredSettings
}

export function parseSettings(values: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv = process.env): Settings {
  const stored = storedFrom(values)
  return {
    ...stored,
    backends: stored.backends.map((backend) => ({
      ...backend,
      hasKey: backend.keyVariable !== undefined && Boolean(env[backend.keyVariable]),
    })),
  } as unknown as Settings
}

export const memoryBudgetOf = (settings: Pick<Settings, 'memoryBudgetBytes'>): number =>
  settings.memoryBudgetBytes > 0 ? settings.memoryBudgetBytes : Math.floor(totalmem() * 0.75)

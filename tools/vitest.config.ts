import { defineConfig } from 'vitest/config'

/** Two speeds: `unit` needs no model and no network; `models` runs the toys (and starter models where fetched) through libllama. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Not a measure of speed: a machine that does much else is slow, and a test that hangs should still end.
          testTimeout: 60_000,
          include: ['src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts'],
          exclude: ['src/**/*.models.test.ts'],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'models',
          include: ['src/**/*.models.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})

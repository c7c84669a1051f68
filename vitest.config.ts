import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['source'] }

export default defineConfig({
  test: {
    reporters: ['default', './scripts/summary-reporter.ts'],
    projects: [
      {
        // Tests run on the source, without a build; so do the worker threads and processes that they start.
        resolve,
        ssr: { resolve },
        test: {
          name: 'source',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'scripts/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
          globalSetup: ['packages/server/src/storage/sql/test-postgres-setup.ts'],
          pool: 'forks',
          execArgv: ['--conditions=source'],
          // Many wait for a database or an object store of their own.
          maxWorkers: 2,
          // What is polled for may wait for a thread that starts, on a machine that is busy.
          expect: { poll: { timeout: 5000 } },
          testTimeout: 20_000,
          // As long as a test has: with two files at once, filling a server takes longer than alone.
          hookTimeout: 20_000,
        },
      },
      {
        // Pages in a real Chromium, from a real server on the source, with the UI built once.
        resolve,
        ssr: { resolve },
        test: {
          name: 'browser',
          include: ['packages/ui/src/**/*.browser.test.ts'],
          globalSetup: ['packages/ui/src/test-build.ts'],
          pool: 'forks',
          execArgv: ['--conditions=source'],
          maxWorkers: 1,
          // A page has as long for what is polled as it has for what is waited for.
          expect: { poll: { timeout: 10_000 } },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Official clients drive what users run: the built command.
        test: {
          name: 'conformance',
          include: ['conformance/**/*.test.ts'],
          exclude: ['conformance/deploy/**'],
          globalSetup: ['conformance/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 900_000,
        },
      },
      {
        // What is in deploy/, by programs that take minutes to build: `npm run test:deploy`.
        test: {
          name: 'deploy',
          include: ['conformance/deploy/**/*.test.ts'],
          globalSetup: ['conformance/build.ts'],
          testTimeout: 60_000,
          hookTimeout: 900_000,
        },
      },
      {
        // The built command again, killed, starved and fed with what no client should send.
        test: {
          name: 'faults',
          include: ['faults/**/*.test.ts'],
          globalSetup: ['conformance/build.ts'],
          fileParallelism: false,
          // Alone, after the others: some of these measure the memory and the time that the server takes.
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})

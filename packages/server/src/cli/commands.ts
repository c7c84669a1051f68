import { serverFlags } from '../config.ts'
import { mlflowFlags } from '../mlflow-flags.ts'
import type { Command, CommandGroup } from './command.ts'
import { db } from './db/db.ts'
import { demo } from './demo/demo.ts'
import { events } from './events/events.ts'
import { health } from './health.ts'
import { models } from './models/models.ts'
import { runs } from './runs/runs.ts'
import { webhooks } from './webhooks/webhooks.ts'

const server: Command = {
  name: 'server',
  summary: 'Run the tracking server: REST API, artifacts and web UI.',
  description: [
    'Serves the API that MLflow clients speak. Everything is kept in one SQLite file and one folder, which are made ' +
      'where they are missing.',
    'SIGTERM or Ctrl+C stops the server after it has finished the requests that it has taken; a second one stops it ' +
      'at once. The exit code is 0 after a clean stop, 1 where the server cannot start, and 2 for a wrong command line.',
  ],
  examples: [
    { what: 'on this machine only, data in ./trackway-data', line: 'trackway server' },
    {
      what: 'for a team, data in /srv/ml',
      line:
        'trackway server --host 0.0.0.0 --allowed-hosts ml.example.com ' +
        '--backend-store-uri sqlite:////srv/ml/trackway.db --artifacts-destination /srv/ml/artifacts',
    },
  ],
  flagGroups: [
    { title: 'Flags', flags: serverFlags },
    { title: 'Flags of mlflow server without a meaning here', flags: mlflowFlags },
  ],
  run: async (argv) => (await import('./server.ts')).runServer(argv),
}

/** Every command and group of `trackway`, in the order of the help. */
export const commands: readonly (Command | CommandGroup)[] = [server, health, runs, models, webhooks, events, db, demo]

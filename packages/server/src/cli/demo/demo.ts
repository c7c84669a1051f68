import { clientCommand } from '../client/client-command.ts'
import { confirmDeletion, yesFlag } from '../client/confirmation.ts'
import { CommandError } from '../client/failure.ts'
import { writeDone } from '../client/output.ts'
import type { DemoState } from './demo-state.ts'

/** `trackway demo`. */
export const demo = clientCommand({
  name: 'demo',
  summary: 'Fill a server with sample work to look at: experiments, runs, models.',
  description: [
    'Makes seven experiments with some 180 runs, artifacts of many kinds, nested sweeps, a run that goes on, and five ' +
      'registered models in every stage, with requests that wait for approval. All of it is simulated: the models hold ' +
      'no weights. A server that has it already is left as it is.',
    'Progress goes to the error output.',
  ],
  examples: [
    { what: 'into the server on this machine', line: 'trackway demo' },
    {
      what: 'into another, with five times the runs',
      line: 'trackway demo --scale large --tracking-uri http://ml.example.com',
    },
    { what: 'away with it', line: 'trackway demo --remove --yes' },
  ],
  args: {},
  flags: {
    scale: {
      name: 'scale',
      type: 'string',
      choices: ['small', 'large'],
      default: 'small',
      help: 'How many runs: large has about five times as many.',
    },
    seed: { name: 'seed', type: 'integer', default: 1, help: 'The same seed gives the same numbers, at other times.' },
    remove: {
      name: 'remove',
      type: 'boolean',
      help:
        'Takes it away: its models, versions and webhook for good, its experiments, with all that was added to them, ' +
        'into the trash.',
    },
    ...yesFlag,
  },
  run: async ({ client, clientFor, isOneUser, terminal, output, values }) => {
    const [{ demoState, removeDemo }, { fill }, { scales }] = await Promise.all([
      import('./demo-state.ts'),
      import('./fill.ts'),
      import('./experiments/scale.ts'),
    ])
    const state = await demoState(client)
    const isThere = state.experiments.length + state.models.length + state.webhooks.length > 0
    if (values.remove) {
      if (isThere) {
        await confirmDeletion(terminal, { what: 'the demo', name: 'demo', yes: values.yes })
        await removeDemo(client, state)
      }
      return writeDone({ terminal, output }, isThere ? 'Removed the demo.' : 'There is no demo here.', summary(state))
    }
    if (isThere && !state.isComplete) {
      throw new CommandError(
        'An earlier demo was not finished. Take it away by `trackway demo --remove`, then try again.',
      )
    }
    if (isThere) {
      return writeDone({ terminal, output }, `The demo is here already: ${listed(state)}.`, {
        created: false,
        ...summary(state),
      })
    }
    const begun = performance.now()
    const scale = scales[values.scale]
    const tell = (line: string): void => terminal.warn(line)
    const filled = await fill({ client, clientFor, isOneUser, seed: values.seed, scale, now: Date.now(), tell })
    const runs = filled.experiments.reduce((sum, each) => sum + each.runs, 0)
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    await writeDone(
      { terminal, output },
      `Made ${filled.experiments.length} experiments with ${runs} runs in ${seconds} s. Open the server in a browser to see them.`,
      { created: true, ...filled },
    )
  },
})

function summary({ experiments, models }: DemoState) {
  return { experiments: experiments.map(({ experiment_id, name }) => ({ experiment_id, name })), models }
}

function listed({ experiments, models }: DemoState): string {
  const names = experiments.map(({ name }) => name).join(', ')
  return `${experiments.length} experiments (${names}) and ${models.length} registered models`
}

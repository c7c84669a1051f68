import { eventKinds } from '@trackway/api'
import type { EventKind } from '@trackway/api'

import type { WebhookKind } from './store.ts'

const started = 1_704_067_200_000

/** What stands in each field of an example; for MLflow's events what `mlflow/webhooks/types.py` has there. */
const fields: Readonly<Record<string, unknown>> = {
  name: 'example_model',
  new_name: 'new_model',
  version: '1',
  tags: { example_key: 'example_value' },
  key: 'example_key',
  value: 'example_value',
  alias: 'example_alias',
  source: 'models:/123',
  run_id: 'abcd1234abcd5678',
  run_name: 'example-run-1',
  experiment_id: '1',
  from_experiment_id: '0',
  template: 'Hello {{name}}!',
  production_versions: ['1'],
  approvals: [{ to_stage: 'Production' }],
  allow_self_approval: false,
  stage: 'Archived',
  from_stage: 'Staging',
  to_stage: 'Production',
  archived_versions: [],
  comment_id: '1',
  comment: 'An example comment',
  requested_by: 'someone',
  status: 'FINISHED',
  webhook_id: '5a0c6d1e-0000-4000-8000-000000000001',
  delivery_id: '5a0c6d1e-0000-4000-8000-000000000002',
  start_time: started,
  end_time: started + 60_000,
}

const things: Readonly<Record<string, string>> = {
  registered_model: 'registered model',
  model_version: 'model version',
  prompt: 'prompt',
  prompt_version: 'prompt version',
}

const budgetExceeded = {
  budget_policy_id: 'bp-abc123',
  budget_unit: 'USD',
  budget_amount: 100,
  current_spend: 105.5,
  duration_unit: 'MONTHS',
  duration_value: 1,
  target_scope: 'ENDPOINT',
  workspace: 'default',
  target_value: 'ep-abc123',
  window_start: started,
}

/** The data of an example of each kind of event, with every field that such an event has. */
export function exampleOf(kind: WebhookKind): Readonly<Record<string, unknown>> {
  if (kind === 'budget_policy.exceeded') return budgetExceeded
  const [entity = ''] = kind.split('.', 1)
  const own: Readonly<Record<string, unknown>> = {
    ...fields,
    description: `An example ${things[entity] ?? 'thing'}`,
    ...(entity.startsWith('prompt') ? { name: 'example_prompt' } : {}),
    ...(entity === 'experiment' ? { name: 'example-experiment' } : {}),
    ...(kind === 'run.failed' ? { status: 'FAILED' } : {}),
  }
  return Object.fromEntries(fieldsOf(kind).map((field) => [field, own[field]]))
}

function fieldsOf(kind: EventKind): readonly string[] {
  return eventKinds[kind].data.split(', ')
}

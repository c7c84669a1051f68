import { get, modelName, newModel, newVersion, patch, post, send } from '../scenario.ts'
import type { Group, Json, Step } from '../scenario.ts'

type Fields = Readonly<Record<string, Json>>

const name = modelName()
const mark: Json = { key: 'mlflow.prompt.is_prompt', value: 'true' }
const text = (value: string): Json => ({ key: 'mlflow.prompt.text', value })
const kind = (value: string): Json => ({ key: '_mlflow_prompt_type', value })
const read: Step = get('registered-models/get', { name })
const readVersion = (version: string, more?: Partial<Step>): Step => get('model-versions/get', { name, version }, more)
const byAlias = (alias: string, more?: Partial<Step>): Step => get('registered-models/alias', { name, alias }, more)
const newPrompt = (suffix = '', fields: Fields = {}, more?: Partial<Step>): Step =>
  newModel(suffix, { tags: [mark], ...fields }, more)
const newPromptVersion = (fields: Fields, more?: Partial<Step>): Step =>
  newVersion('', { source: 'dummy-source', ...fields }, more)
const template = { tags: [mark, kind('text'), text('Hello {{name}}')] }

export const prompts: Group = {
  noun: 'prompts',
  scenarios: [
    {
      name: 'what register_prompt and load_prompt send',
      steps: [
        { ...read, says: 'not found' },
        newPrompt('', { tags: [mark, { key: 'a', value: '1' }], description: 'first' }),
        newPromptVersion({
          tags: [{ key: 'a', value: '1' }, mark, kind('text'), text('Hello {{name}}')],
          description: 'first',
        }),
        read,
        newPromptVersion({
          tags: [
            mark,
            kind('chat'),
            text('[{"role": "user", "content": "{{q}} 😀\\n"}]'),
            { key: '_mlflow_prompt_response_format', value: '{"type": "object"}' },
          ],
        }),
        post('registered-models/set-tag', { name, key: '_mlflow_experiment_ids', value: ',0,' }),
        read,
        readVersion('1'),
        readVersion('2'),
        byAlias('latest'),
        get('model-versions/get-download-uri', { name, version: '1' }),
      ],
    },
    {
      name: 'aliases, tags and the model’s configuration',
      steps: [
        newPrompt(),
        newPromptVersion(template),
        newPromptVersion(template),
        post('registered-models/alias', { name, alias: 'production', version: '1' }),
        byAlias('production'),
        read,
        send('DELETE', 'registered-models/alias', { body: { name, alias: 'production' } }),
        byAlias('production', { says: 'Registered model alias production not found.' }),
        post('registered-models/set-tag', { name, key: 'k', value: 'v' }),
        post('model-versions/set-tag', {
          name,
          version: '1',
          key: '_mlflow_prompt_model_config',
          value: '{"model_name": "x"}',
        }),
        readVersion('1'),
        send('DELETE', 'registered-models/delete-tag', { body: { name, key: 'k' } }),
        send('DELETE', 'model-versions/delete-tag', {
          body: { name, version: '1', key: '_mlflow_prompt_model_config' },
        }),
        patch('registered-models/update', { name, description: 'new' }),
        patch('model-versions/update', { name, version: '1', description: 'new' }),
        read,
        readVersion('1'),
      ],
    },
    {
      name: 'what search_prompts and search_prompt_versions send',
      steps: [
        newPrompt('-one', { description: 'first' }),
        newPrompt('-two'),
        newModel('-model'),
        newVersion('-one', { source: 'dummy-source', ...template }),
        newVersion('-one', { source: 'dummy-source', ...template }),
        get('registered-models/search', {
          filter: "tags.`mlflow.prompt.is_prompt` = 'true' AND name LIKE 'wire-${unique}%'",
          max_results: '100',
        }),
        get('registered-models/search', {
          filter: `tags.\`mlflow.prompt.is_prompt\` = 'true' AND name='${modelName('-one')}'`,
          max_results: '1',
        }),
        get('model-versions/search', {
          filter: `name = '${modelName('-one')}' AND tag.\`mlflow.prompt.is_prompt\` = 'true'`,
          max_results: '1',
          order_by: 'version_number DESC',
        }),
      ],
    },
    {
      name: 'deletion',
      steps: [
        newPrompt(),
        newPromptVersion(template),
        newPromptVersion(template),
        send('DELETE', 'model-versions/delete', { body: { name, version: '1' } }),
        readVersion('1', { says: 'not found' }),
        byAlias('latest'),
        send('DELETE', 'model-versions/delete', { body: { name, version: '2' } }),
        byAlias('latest', { says: 'Latest version not found' }),
        read,
        send('DELETE', 'registered-models/delete', { body: { name } }),
        { ...read, says: 'not found' },
        newModel(),
        read,
      ],
    },
    {
      name: 'sources',
      steps: [
        newPrompt(),
        newPromptVersion(template),
        newPromptVersion({ ...template, source: 'prompt-template' }),
        newPromptVersion({ ...template, run_id: 'r1' }),
        ...['s3://bucket/x', '/etc/passwd', 'models:/x/1', 'dummy-source/..', 'http://host/x'].map((source) =>
          newPromptVersion({ ...template, source }, { says: `Invalid prompt source: '${source}'.` }),
        ),
        newPromptVersion({ source: 'dummy-source', tags: [] }, { says: 'Invalid model version source' }),
        newPromptVersion(
          { tags: [{ key: 'mlflow.prompt.is_prompt', value: 'false' }] },
          { says: 'Invalid model version source' },
        ),
        newPromptVersion(
          { tags: [{ key: 'mlflow.prompt.is_prompt', value: 'TRUE' }], source: 's3://b/x' },
          { says: 'Invalid prompt source' },
        ),
        newPromptVersion(
          { tags: [mark, { key: 'mlflow.prompt.is_prompt', value: 'false' }] },
          { says: 'Invalid model version source' },
        ),
        newPromptVersion(
          { tags: [mark, text('x'.repeat(100_001))] },
          { says: 'exceeds max length of 100000 characters' },
        ),
        newPromptVersion({ tags: [mark, text('x'.repeat(100_000))] }),
      ],
    },
    {
      name: 'one name for a prompt or a model',
      steps: [
        newPrompt(),
        newModel('-model'),
        newPrompt('', {}, { says: `Prompt (name=${name}) already exists.` }),
        newModel(
          '',
          {},
          {
            says: `Tried to create a registered model with name '${name}', but the name is already taken by a prompt.`,
          },
        ),
        newPrompt(
          '-model',
          {},
          {
            says: `Tried to create a prompt with name '${modelName('-model')}', but the name is already taken by a registered model.`,
          },
        ),
        newModel('', { tags: [{ key: 'mlflow.prompt.is_prompt', value: 'false' }] }, { says: 'already' }),
        post(
          'registered-models/rename',
          { name, new_name: modelName('-model') },
          { says: `(name=${modelName('-model')}) already exists.` },
        ),
        post('registered-models/rename', { name, new_name: modelName('-new') }),
        get('registered-models/get', { name: modelName('-new') }),
      ],
    },
  ],
}

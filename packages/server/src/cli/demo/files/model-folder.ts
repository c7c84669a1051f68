import type { PlannedFile } from '../run-plan.ts'
import { requirements } from './documents.ts'

interface Column {
  readonly name?: string
  readonly type: string
}

/** What the MLmodel file of a model says of it. */
export interface ModelFolder {
  /** Where the folder lies in the run's artifacts. */
  readonly path: string
  readonly flavor: string
  /** The flavor's own lines. */
  readonly settings: Readonly<Record<string, string>>
  readonly packages: Readonly<Record<string, string>>
  readonly inputs: readonly Column[] | Tensor
  readonly outputs: readonly Column[] | Tensor
  readonly inputExample: object
  readonly data: PlannedFile
  readonly madeAt: number
}

interface Tensor {
  readonly shape: readonly number[]
  readonly dtype: string
}

/** The files that MLflow's `log_model` writes, below the folder's path. Their weights are none that a model would run on. */
export function modelFolder(
  folder: ModelFolder,
  { runId, modelId }: { runId: string; modelId: string },
): PlannedFile[] {
  const { path, flavor, settings, packages, data, inputExample, madeAt } = folder
  const made = new Date(madeAt).toISOString().replace('T', ' ').replace('Z', '000')
  const mlmodel = [
    `artifact_path: ${path}`,
    'flavors:',
    '  python_function:',
    '    env:',
    '      conda: conda.yaml',
    '      virtualenv: python_env.yaml',
    `    loader_module: mlflow.${flavor}`,
    `    model_path: ${data.path}`,
    '    python_version: 3.11.9',
    `  ${flavor}:`,
    ...Object.entries(settings).map(([name, value]) => `    ${name}: ${value}`),
    'mlflow_version: 3.17.2',
    ...(modelId === '' ? [] : [`model_id: ${modelId}`]),
    `model_size_bytes: ${data.content.length}`,
    `run_id: ${runId}`,
    'saved_input_example_info:',
    '  artifact_path: input_example.json',
    '  type: json_object',
    'signature:',
    `  inputs: '${schemaText(folder.inputs)}'`,
    `  outputs: '${schemaText(folder.outputs)}'`,
    '  params: null',
    `utc_time_created: '${made}'`,
    '',
  ]
  return [
    { path: 'MLmodel', content: mlmodel.join('\n') },
    { path: 'conda.yaml', content: condaYaml(packages) },
    {
      path: 'python_env.yaml',
      content: 'python: 3.11.9\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n',
    },
    { path: 'requirements.txt', content: requirements(packages) },
    { path: 'input_example.json', content: `${JSON.stringify(inputExample)}\n` },
    data,
  ].map((file) => ({ ...file, path: `${path}/${file.path}` }))
}

function schemaText(schema: readonly Column[] | Tensor): string {
  if ('shape' in schema) return JSON.stringify([{ type: 'tensor', 'tensor-spec': schema }])
  return JSON.stringify(schema.map((column) => ({ ...column, required: true })))
}

function condaYaml(packages: Readonly<Record<string, string>>): string {
  const pip = Object.entries(packages).map(([name, version]) => `  - ${name}==${version}`)
  return [
    'channels:',
    '- conda-forge',
    'dependencies:',
    '- python=3.11.9',
    '- pip',
    '- pip:',
    ...pip,
    'name: mlflow-env',
    '',
  ].join('\n')
}

export const loadLanguages = ['Python', 'TypeScript', 'Java', 'R', 'curl', 'CLI'] as const
export type LoadLanguage = (typeof loadLanguages)[number]

interface Loaded {
  /** Of the server. */
  readonly url: string
  readonly name: string
  readonly version: string
  /** An alias to load by, where one is wanted; Java's client knows versions only. */
  readonly alias: string | undefined
  /** The flavours of the model, as its MLmodel file names them. */
  readonly flavors: readonly string[]
}

/** A program that loads a version of a model, or downloads it where the language has nothing to run it. */
export function loadSnippet(language: LoadLanguage, model: Loaded): string {
  return writers[language](model)
}

/** As clients name a version: `models:/name/1` or `models:/name@alias`. */
export function modelUri({ name, version, alias }: Pick<Loaded, 'name' | 'version' | 'alias'>): string {
  return alias === undefined ? `models:/${name}/${version}` : `models:/${name}@${alias}`
}

/** Flavours for which the Python client has a module with `load_model`. */
const pythonFlavors = new Set([
  'catboost',
  'diviner',
  'h2o',
  'keras',
  'langchain',
  'lightgbm',
  'onnx',
  'paddle',
  'pmdarima',
  'prophet',
  'pytorch',
  'sentence_transformers',
  'sklearn',
  'spacy',
  'spark',
  'statsmodels',
  'tensorflow',
  'transformers',
  'xgboost',
])

const writers: Readonly<Record<LoadLanguage, (model: Loaded) => string>> = {
  Python: (model) => {
    const native = model.flavors.find((flavor) => pythonFlavors.has(flavor))
    const uri = JSON.stringify(modelUri(model))
    return `# pip install mlflow
import mlflow

mlflow.set_tracking_uri(${JSON.stringify(model.url)})
model = mlflow.pyfunc.load_model(${uri})
predictions = model.predict(data)${
      native === undefined
        ? ''
        : `

# The ${native} object itself:
model = mlflow.${native}.load_model(${uri})`
    }`
  },

  TypeScript: ({ url, name, version, alias }) => `// npm install @trackway/sdk
import { writeFile } from 'node:fs/promises'
import { createClient } from '@trackway/sdk'

const client = createClient({ baseUrl: ${JSON.stringify(url)} })
const name = ${JSON.stringify(name)}
${
  alias === undefined
    ? `const version = ${JSON.stringify(version)}`
    : `const { model_version } = await client.getModelVersionByAlias({ name, alias: ${JSON.stringify(alias)} })
const { version } = model_version`
}
const reply = await client.archiveArtifacts({ name, version })
await writeFile('model.zip', Buffer.from(await reply.arrayBuffer()))`,

  Java: ({ url, name, version }) => `// org.mlflow:mlflow-client
import java.io.File;
import org.mlflow.tracking.MlflowClient;

public class Download {
  public static void main(String[] args) {
    try (MlflowClient client = new MlflowClient(${JSON.stringify(url)})) {
      File folder = client.downloadModelVersion(${JSON.stringify(name)}, ${JSON.stringify(version)});
      System.out.println(folder);
    }
  }
}`,

  R: (model) => `# install.packages("mlflow")
library(mlflow)

mlflow_set_tracking_uri(${JSON.stringify(model.url)})
model <- mlflow_load_model(${JSON.stringify(modelUri(model))})
predictions <- mlflow_predict(model, data)`,

  curl: ({ url, name, version }) => `# All files of version ${version} as a ZIP file
curl -s -G ${shellQuoted(`${url}/api/trackway/v1/artifacts/archive`)} \\
  --data-urlencode ${shellQuoted(`name=${name}`)} --data-urlencode version=${version} -o model.zip

# One file
curl -s -G ${shellQuoted(`${url}/model-versions/get-artifact`)} \\
  --data-urlencode ${shellQuoted(`name=${name}`)} --data-urlencode version=${version} --data-urlencode path=MLmodel`,

  CLI: (model) => `export MLFLOW_TRACKING_URI=${shellQuoted(model.url)}
mlflow artifacts download -u ${shellQuoted(modelUri(model))} -d model

# Serve it
mlflow models serve -m ${shellQuoted(modelUri(model))} --port 5001`,
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

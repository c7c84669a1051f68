export const registerLanguages = ['Python', 'TypeScript', 'curl'] as const
export type RegisterLanguage = (typeof registerLanguages)[number]

/** A program that registers a model of that name, or the next version of it, with the server at `url`. */
export function registerSnippet(language: RegisterLanguage, url: string, name: string): string {
  return writers[language](url, name)
}

const writers: Readonly<Record<RegisterLanguage, (url: string, name: string) => string>> = {
  Python: (url, name) => `# pip install mlflow scikit-learn
import mlflow
from sklearn.linear_model import LinearRegression

mlflow.set_tracking_uri(${JSON.stringify(url)})
mlflow.set_experiment("first model")

with mlflow.start_run():
    model = LinearRegression().fit([[0], [1]], [0, 1])
    mlflow.log_metric("r2", model.score([[0], [1]], [0, 1]))
    mlflow.sklearn.log_model(model, name="model", registered_model_name=${JSON.stringify(name)})`,

  TypeScript: (url, name) => `// npm install @trackway/sdk
import { createClient } from '@trackway/sdk'

const client = createClient({ baseUrl: ${JSON.stringify(url)} })
const name = ${JSON.stringify(name)}
await client.createRegisteredModel({ name })
const { model_version } = await client.createModelVersion({ name, source: 's3://bucket/model' })
console.log(model_version.version)`,

  curl: (url, name) => `api=${shellQuoted(`${url}/api/2.0/mlflow`)}
curl -s "$api/registered-models/create" -H 'content-type: application/json' \\
  -d ${shellQuoted(JSON.stringify({ name }))}
curl -s "$api/model-versions/create" -H 'content-type: application/json' \\
  -d ${shellQuoted(JSON.stringify({ name, source: 's3://bucket/model' }))}`,
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

export const languages = ['Python', 'TypeScript', 'Java', 'R', 'curl'] as const
export type Language = (typeof languages)[number]

/** A program that logs a run with a param and a curve to the server at `url`, in an experiment of that name. */
export function snippetOf(language: Language, url: string, experimentName: string): string {
  return writers[language](url, experimentName)
}

const writers: Readonly<Record<Language, (url: string, name: string) => string>> = {
  Python: (url, name) => `# pip install mlflow
import mlflow

mlflow.set_tracking_uri(${quoted(url)})
mlflow.set_experiment(${quoted(name)})

with mlflow.start_run():
    mlflow.log_param("learning_rate", 0.01)
    for step in range(10):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)`,

  TypeScript: (url, name) => `// npm install @trackway/sdk
import { createClient } from '@trackway/sdk'

const client = createClient({ baseUrl: ${quoted(url)} })
const name = ${quoted(name)}
const known = client.getExperimentByName({ experiment_name: name }).then(({ experiment }) => experiment)
const { experiment_id } = await known.catch(() => client.createExperiment({ name }))

const { run } = await client.createRun({ experiment_id, start_time: Date.now() })
const { run_id } = run.info
await client.logParam({ run_id, key: 'learning_rate', value: '0.01' })
for (let step = 0; step < 10; step++) {
  await client.logMetric({ run_id, key: 'loss', value: 1 / (step + 1), timestamp: Date.now(), step })
}
await client.updateRun({ run_id, status: 'FINISHED', end_time: Date.now() })`,

  Java: (url, name) => `// org.mlflow:mlflow-client
import org.mlflow.tracking.*;

public class FirstRun {
  public static void main(String[] args) {
    MlflowContext mlflow = new MlflowContext(${quoted(url)});
    String name = ${quoted(name)};
    mlflow.setExperimentId(mlflow.getClient().getExperimentByName(name)
        .map(experiment -> experiment.getExperimentId())
        .orElseGet(() -> mlflow.getClient().createExperiment(name)));

    ActiveRun run = mlflow.startRun("first");
    run.logParam("learning_rate", "0.01");
    for (int step = 0; step < 10; step++) {
      run.logMetric("loss", 1.0 / (step + 1), step);
    }
    run.endRun();
  }
}`,

  R: (url, name) => `# install.packages("mlflow")
library(mlflow)

mlflow_set_tracking_uri(${quoted(url)})
mlflow_set_experiment(${quoted(name)})

with(mlflow_start_run(), {
  mlflow_log_param("learning_rate", 0.01)
  for (step in 0:9) {
    mlflow_log_metric("loss", 1 / (step + 1), step = step)
  }
})`,

  curl: (url, name) => `api=${shellQuoted(`${url}/api/2.0/mlflow`)}
name=${shellQuoted(name)}
id() { sed -n "s/.*\\"$1\\": *\\"\\([^\\"]*\\)\\".*/\\1/p"; }

experiment=$(curl -s -G "$api/experiments/get-by-name" --data-urlencode "experiment_name=$name" | id experiment_id)
[ -n "$experiment" ] ||
  experiment=$(curl -s "$api/experiments/create" -H 'content-type: application/json' \\
    -d ${shellQuoted(JSON.stringify({ name }))} | id experiment_id)
run=$(curl -s "$api/runs/create" -H 'content-type: application/json' \\
  -d "{\\"experiment_id\\": \\"$experiment\\", \\"start_time\\": $(date +%s)000}" | id run_id)

curl -s "$api/runs/log-batch" -H 'content-type: application/json' -d "{
  \\"run_id\\": \\"$run\\",
  \\"params\\": [{\\"key\\": \\"learning_rate\\", \\"value\\": \\"0.01\\"}],
  \\"metrics\\": [{\\"key\\": \\"loss\\", \\"value\\": 0.1, \\"step\\": 9, \\"timestamp\\": $(date +%s)000}]
}"
curl -s "$api/runs/update" -H 'content-type: application/json' \\
  -d "{\\"run_id\\": \\"$run\\", \\"status\\": \\"FINISHED\\", \\"end_time\\": $(date +%s)000}"`,
}

/** JSON's escapes are those of Python, TypeScript, Java and R, too. */
function quoted(text: string): string {
  return JSON.stringify(text)
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

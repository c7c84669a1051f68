import { CodeBlock } from '../controls/code-block.tsx'
import { serverUrl } from '../server.ts'
import type { ArtifactRoot } from './artifact-root.ts'

/** How a first artifact gets here. */
export function LogArtifactHint({ root }: { root: ArtifactRoot }) {
  if (!('runId' in root)) return <p className="quiet">Its files are written when the model is logged.</p>
  const code = `import mlflow

mlflow.set_tracking_uri("${serverUrl}")
with mlflow.start_run(run_id="${root.runId}"):
    mlflow.log_artifact("plot.png", artifact_path="images")
    mlflow.log_text("anything", "notes.txt")
`
  return (
    <>
      <p>Files that a run logs appear here. In Python:</p>
      <CodeBlock code={code} label="how to log an artifact" />
    </>
  )
}

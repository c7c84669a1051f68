import { useRef, useState } from 'react'
import { serverUrl } from './server.ts'

/** What to do where there are no runs: a script that logs one to this server. */
export function GettingStarted({ experimentName }: { experimentName: string | undefined }) {
  const code = useRef<HTMLElement>(null)
  const [copied, setCopied] = useState('')
  const snippet = snippetFor(serverUrl, experimentName)

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(snippet)
      setCopied('Copied')
    } catch {
      // Browsers keep the clipboard from pages that came over plain HTTP from another machine.
      if (code.current) getSelection()?.selectAllChildren(code.current)
      setCopied('Selected: press Ctrl+C or ⌘C')
    }
  }

  return (
    <section className="getting-started">
      <h2>No runs yet</h2>
      <p>Any MLflow client can log here. In Python:</p>
      {/* A keyboard must be able to scroll it. */}
      <pre tabIndex={0} role="region" aria-label="Python script">
        <code ref={code}>{snippet}</code>
      </pre>
      <button type="button" className="button" onClick={() => void copy()}>
        Copy
      </button>{' '}
      <span className="quiet" role="status">
        {copied}
      </span>
    </section>
  )
}

/** A name as a Python string: JSON's escapes are Python's too. */
function snippetFor(url: string, experimentName: string | undefined): string {
  const lines = [
    '# pip install mlflow',
    'import mlflow',
    '',
    `mlflow.set_tracking_uri(${JSON.stringify(url)})`,
    ...(experimentName === undefined ? [] : [`mlflow.set_experiment(${JSON.stringify(experimentName)})`]),
    '',
    'with mlflow.start_run():',
    '    mlflow.log_param("learning_rate", 0.01)',
    '    for step in range(10):',
    '        mlflow.log_metric("loss", 1 / (step + 1), step=step)',
  ]
  return lines.join('\n')
}

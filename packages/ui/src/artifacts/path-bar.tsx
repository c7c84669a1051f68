import { parentOf } from './artifact-root.ts'
import styles from './path-bar.module.css'

/** A path whose folders can be opened. */
export function PathBar({ path, onOpen }: { path: string; onOpen: (path: string) => void }) {
  const steps: string[] = []
  for (let at = path; at !== ''; at = parentOf(at)) steps.unshift(at)
  return (
    <ol className={styles['path']} aria-label="Path" title={path}>
      {steps.length > 0 && (
        <li>
          <button type="button" onClick={() => onOpen('')}>
            artifacts
          </button>
        </li>
      )}
      {steps.map((step, index) => (
        <li key={step}>
          {index === steps.length - 1 ? (
            <strong>
              <bdi>{step.slice(parentOf(step).length).replace(/^\//, '')}</bdi>
            </strong>
          ) : (
            <button type="button" onClick={() => onOpen(step)}>
              <bdi>{step.slice(parentOf(step).length).replace(/^\//, '')}</bdi>
            </button>
          )}
        </li>
      ))}
      {steps.length === 0 && (
        <li>
          <strong>All artifacts</strong>
        </li>
      )}
    </ol>
  )
}
